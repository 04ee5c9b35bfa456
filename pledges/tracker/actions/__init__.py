"""Changes of deputies' word."""

from pledges.tracker.actions.pledging import NotProposed, OwnWord, publish_word, reject_word

__all__ = ["NotProposed", "OwnWord", "publish_word", "reject_word"]
