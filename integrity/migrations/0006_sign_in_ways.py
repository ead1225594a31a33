"""登录与回避申报: identifiers at a provider, declarations apart from the rows that recusal reads."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('integrity', '0005_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalRecusalDeclaration',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_document', models.CharField(blank=True, default='', max_length=200)),
                ('history_change_reason', models.TextField()),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='有效期自')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('kind', models.CharField(choices=[('conflict', '利害关系'), ('kinship', '亲属关系'), ('case', '曾任证人、办案人员等'), ('imposed', '责令回避')], default='conflict', max_length=10, verbose_name='类别')),
                ('relation', models.CharField(blank=True, choices=[('spouse', '夫妻'), ('lineal', '直系血亲'), ('collateral', '三代以内旁系血亲'), ('affinity', '近姻亲')], max_length=12, verbose_name='亲属关系')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='姓名')),
                ('unit_name', models.CharField(blank=True, max_length=160, verbose_name='单位名称')),
                ('file_ref', models.UUIDField(blank=True, null=True, verbose_name='档案编号')),
                ('number_index', models.BinaryField(blank=True, editable=True, max_length=32, null=True)),
                ('number_masked', models.CharField(blank=True, max_length=40, verbose_name='身份证号')),
                ('reason', models.CharField(max_length=300, verbose_name='事由')),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 回避申报',
                'verbose_name_plural': 'historical 回避申报s',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='RecusalDeclaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='有效期自')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='有效期至')),
                ('kind', models.CharField(choices=[('conflict', '利害关系'), ('kinship', '亲属关系'), ('case', '曾任证人、办案人员等'), ('imposed', '责令回避')], default='conflict', max_length=10, verbose_name='类别')),
                ('relation', models.CharField(blank=True, choices=[('spouse', '夫妻'), ('lineal', '直系血亲'), ('collateral', '三代以内旁系血亲'), ('affinity', '近姻亲')], max_length=12, verbose_name='亲属关系')),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='姓名')),
                ('unit_name', models.CharField(blank=True, max_length=160, verbose_name='单位名称')),
                ('file_ref', models.UUIDField(blank=True, null=True, verbose_name='档案编号')),
                ('number_index', models.BinaryField(blank=True, editable=True, max_length=32, null=True)),
                ('number_masked', models.CharField(blank=True, max_length=40, verbose_name='身份证号')),
                ('reason', models.CharField(max_length=300, verbose_name='事由')),
            ],
            options={
                'verbose_name': '回避申报',
            },
        ),
        migrations.AddField(
            model_name='accesschange',
            name='provider_issuer',
            field=models.CharField(blank=True, max_length=300, verbose_name='身份提供方'),
        ),
        migrations.AddField(
            model_name='accesschange',
            name='provider_subject',
            field=models.CharField(blank=True, max_length=255, verbose_name='身份标识'),
        ),
        migrations.AddField(
            model_name='account',
            name='provider_issuer',
            field=models.CharField(blank=True, max_length=300, verbose_name='身份提供方'),
        ),
        migrations.AddField(
            model_name='account',
            name='provider_subject',
            field=models.CharField(blank=True, max_length=255, verbose_name='身份标识'),
        ),
        migrations.AddField(
            model_name='historicalaccesschange',
            name='provider_issuer',
            field=models.CharField(blank=True, max_length=300, verbose_name='身份提供方'),
        ),
        migrations.AddField(
            model_name='historicalaccesschange',
            name='provider_subject',
            field=models.CharField(blank=True, max_length=255, verbose_name='身份标识'),
        ),
        migrations.AddField(
            model_name='historicalaccount',
            name='provider_issuer',
            field=models.CharField(blank=True, max_length=300, verbose_name='身份提供方'),
        ),
        migrations.AddField(
            model_name='historicalaccount',
            name='provider_subject',
            field=models.CharField(blank=True, max_length=255, verbose_name='身份标识'),
        ),
        migrations.AlterField(
            model_name='accesschange',
            name='kind',
            field=models.CharField(choices=[('open', '开设账户'), ('assign', '岗位授权'), ('alter', '变更级别或期限'), ('place', '变更所在单位'), ('link', '关联本人档案'), ('reactivate', '恢复账户'), ('reset_factor', '重置第二因子'), ('reset_password', '签发设置口令的链接'), ('end_recusal', '终止回避'), ('link_provider', '关联统一身份')], max_length=16, verbose_name='事项'),
        ),
        migrations.AlterField(
            model_name='historicalaccesschange',
            name='kind',
            field=models.CharField(choices=[('open', '开设账户'), ('assign', '岗位授权'), ('alter', '变更级别或期限'), ('place', '变更所在单位'), ('link', '关联本人档案'), ('reactivate', '恢复账户'), ('reset_factor', '重置第二因子'), ('reset_password', '签发设置口令的链接'), ('end_recusal', '终止回避'), ('link_provider', '关联统一身份')], max_length=16, verbose_name='事项'),
        ),
        migrations.AlterField(
            model_name='historicalrecusal',
            name='reason',
            field=models.CharField(max_length=300, verbose_name='事由'),
        ),
        migrations.AlterField(
            model_name='recusal',
            name='reason',
            field=models.CharField(max_length=300, verbose_name='事由'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.UniqueConstraint(condition=models.Q(('provider_subject', ''), _negated=True), fields=('provider_issuer', 'provider_subject'), name='account_once_at_a_provider'),
        ),
        migrations.AddField(
            model_name='historicalrecusaldeclaration',
            name='account',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalrecusaldeclaration',
            name='declared_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='historicalrecusaldeclaration',
            name='history_acting_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalrecusaldeclaration',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recusaldeclaration',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recusal_declarations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recusaldeclaration',
            name='declared_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='accesschange',
            name='declaration',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='integrity.recusaldeclaration'),
        ),
        migrations.AddField(
            model_name='historicalaccesschange',
            name='declaration',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='integrity.recusaldeclaration'),
        ),
        migrations.AddField(
            model_name='historicalkinship',
            name='declaration',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='integrity.recusaldeclaration'),
        ),
        migrations.AddField(
            model_name='historicalrecusal',
            name='declaration',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='integrity.recusaldeclaration'),
        ),
        migrations.AddField(
            model_name='kinship',
            name='declaration',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='kinships', to='integrity.recusaldeclaration'),
        ),
        migrations.AddField(
            model_name='recusal',
            name='declaration',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='integrity.recusaldeclaration'),
        ),
    ]
