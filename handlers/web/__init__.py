"""The web: a chat for owners, a desk for hotline staff, an API for other systems. ``create_app`` assembles it."""
