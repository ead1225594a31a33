"""Addresses of the site as a whole: language, what machines may read, sitemap and feed of disclosures."""

from django.urls import URLPattern, URLResolver, path

from cms import feeds, views_checkpoints, views_open_data, views_site

app_name = "site"
urlpatterns: list[URLPattern | URLResolver] = [
    path("language/<str:code>/", views_site.choose_language, name="language"),
    path("robots.txt", views_site.robots, name="robots"),
    path("sitemap.xml", views_site.sitemap, name="sitemap"),
    path("feed.atom", feeds.feed, name="feed"),
    path("data/", views_open_data.open_data_page, name="open_data"),
    path("data/manifest.json", views_open_data.manifest, name="open_data_manifest"),
    path("data/manifest.note", views_open_data.signed_manifest, name="open_data_signed"),
    path("data/<slug:name>.<slug:form>", views_open_data.open_data_file, name="open_data_file"),
    path("removals/", views_open_data.removals, name="removals"),
    path("removals/feed.atom", views_open_data.removal_feed, name="removal_feed"),
    path("timeliness/", views_open_data.timeliness, name="timeliness"),
    path("checkpoints/", views_checkpoints.checkpoints, name="checkpoints"),
    path("checkpoints/<int:pk>.json", views_checkpoints.one_checkpoint, name="checkpoint_proof"),
    path("checkpoints/<int:pk>.tsr", views_checkpoints.one_timestamp, name="checkpoint_timestamp"),
    path("checkpoints/feed.atom", views_checkpoints.CheckpointFeed(), name="checkpoint_feed"),
]
