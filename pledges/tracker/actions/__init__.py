"""Changes of deputies' word."""

from pledges.tracker.actions.pledging import NotProposed, OwnWord, confirm, publish_word, reject_word

__all__ = ["NotProposed", "OwnWord", "confirm", "publish_word", "reject_word"]
