"""Addresses of the site as a whole: language, what machines may read, sitemap and feed of disclosures."""

from django.urls import URLPattern, URLResolver, path

from cms import feeds, views_catalogue, views_checkpoints, views_comments, views_site

app_name = "site"
urlpatterns: list[URLPattern | URLResolver] = [
    path("language/<str:code>/", views_site.choose_language, name="language"),
    path("robots.txt", views_site.robots, name="robots"),
    path("sitemap.xml", views_site.sitemap, name="sitemap"),
    path("feed.atom", feeds.feed, name="feed"),
    path("catalogue.csv", views_catalogue.as_csv, name="catalogue_csv"),
    path("catalogue.json", views_catalogue.as_json, name="catalogue_json"),
    path("comments/back/", views_comments.take_back, name="comment_back"),
    path("comments/<int:pk>/", views_comments.comment, name="comment"),
    path("checkpoints/", views_checkpoints.checkpoints, name="checkpoints"),
    path("checkpoints/<int:pk>.json", views_checkpoints.one_checkpoint, name="checkpoint_proof"),
    path("checkpoints/<int:pk>.tsr", views_checkpoints.one_timestamp, name="checkpoint_timestamp"),
    path("checkpoints/feed.atom", views_checkpoints.CheckpointFeed(), name="checkpoint_feed"),
]
