"""查阅日志：当事人索引、异常查阅、只增不改."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrity', '0003_access_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='HistoricalReadFinding',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('history_document', models.CharField(blank=True, default='', max_length=200)),
                ('history_change_reason', models.TextField()),
                ('rule', models.CharField(choices=[('rate', '短时间大量查阅'), ('off_hours', '非工作时间查阅'), ('colleagues', '查阅本单位人员'), ('namesakes', '反复查阅同名人员'), ('refusals', '多次被拒绝'), ('out_of_duty', '离岗前后查阅')], max_length=20, verbose_name='规则')),
                ('day', models.DateField(verbose_name='日期')),
                ('count', models.PositiveIntegerField(verbose_name='次数')),
                ('entries', models.JSONField(default=list, help_text='记录编号，最多一百条', verbose_name='查阅记录')),
                ('state', models.CharField(choices=[('open', '待审查'), ('explained', '已说明'), ('escalated', '已移送')], default='open', max_length=10, verbose_name='状态')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='审查时间')),
                ('words', models.TextField(blank=True, verbose_name='审查意见')),
                ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 异常查阅',
                'verbose_name_plural': 'historical 异常查阅s',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ReadFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(choices=[('rate', '短时间大量查阅'), ('off_hours', '非工作时间查阅'), ('colleagues', '查阅本单位人员'), ('namesakes', '反复查阅同名人员'), ('refusals', '多次被拒绝'), ('out_of_duty', '离岗前后查阅')], max_length=20, verbose_name='规则')),
                ('day', models.DateField(verbose_name='日期')),
                ('count', models.PositiveIntegerField(verbose_name='次数')),
                ('entries', models.JSONField(default=list, help_text='记录编号，最多一百条', verbose_name='查阅记录')),
                ('state', models.CharField(choices=[('open', '待审查'), ('explained', '已说明'), ('escalated', '已移送')], default='open', max_length=10, verbose_name='状态')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='审查时间')),
                ('words', models.TextField(blank=True, verbose_name='审查意见')),
            ],
            options={
                'verbose_name': '异常查阅',
                'ordering': ['-day', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ReadSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_id', models.UUIDField(null=True, verbose_name='当事人')),
                ('ref', models.UUIDField(null=True, verbose_name='记录编号')),
            ],
            options={
                'verbose_name': '被查阅人',
            },
        ),
        migrations.RemoveField(
            model_name='readentry',
            name='subject_ids',
        ),
        migrations.AddField(
            model_name='readentry',
            name='grade',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(1, 'S1 公开'), (2, 'S2 内部'), (3, 'S3 敏感'), (4, 'S4 严格'), (5, 'S5 封存')], null=True, verbose_name='最高级别'),
        ),
        migrations.AddIndex(
            model_name='readentry',
            index=models.Index(fields=['-at', '-id'], name='readlog_by_time'),
        ),
        migrations.AddIndex(
            model_name='readentry',
            index=models.Index(fields=['account', '-at', '-id'], name='readlog_by_account'),
        ),
        migrations.AddIndex(
            model_name='readentry',
            index=models.Index(fields=['case', '-at', '-id'], name='readlog_by_case'),
        ),
        migrations.AddField(
            model_name='historicalreadfinding',
            name='account',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='查阅人'),
        ),
        migrations.AddField(
            model_name='historicalreadfinding',
            name='history_acting_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalreadfinding',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalreadfinding',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审查人'),
        ),
        migrations.AddField(
            model_name='readfinding',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='查阅人'),
        ),
        migrations.AddField(
            model_name='readfinding',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审查人'),
        ),
        migrations.AddField(
            model_name='readsubject',
            name='entry',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='integrity.readentry'),
        ),
        migrations.AddConstraint(
            model_name='readfinding',
            constraint=models.UniqueConstraint(fields=('rule', 'account', 'day'), name='finding_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='readfinding',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('reviewed_by__isnull', False), models.Q(('words', ''), _negated=True)), _connector='OR'), name='finding_closed_with_words'),
        ),
        migrations.AddConstraint(
            model_name='readfinding',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by__isnull', True), models.Q(('reviewed_by', models.F('account')), _negated=True), _connector='OR'), name='finding_not_by_the_reader'),
        ),
        migrations.AddIndex(
            model_name='readsubject',
            index=models.Index(fields=['subject_id', '-entry'], name='readlog_by_subject'),
        ),
        migrations.AddIndex(
            model_name='readsubject',
            index=models.Index(fields=['ref', '-entry'], name='readlog_by_ref'),
        ),
    ]
