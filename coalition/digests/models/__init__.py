"""Tables of letters."""

from coalition.digests.models.deliveries import Delivery, DeliveryQuerySet, MailRoom
from coalition.digests.models.subscribers import (
    LONGEST_WAIT,
    Address,
    Bounce,
    Confirmation,
    SignUp,
    SignUpQuerySet,
    Subscriber,
    Subscription,
    SubscriptionQuerySet,
    Suppression,
)

__all__ = [
    "LONGEST_WAIT", "Address", "Bounce", "Confirmation", "Delivery", "DeliveryQuerySet", "MailRoom", "SignUp",
    "SignUpQuerySet", "Subscriber", "Subscription", "SubscriptionQuerySet", "Suppression",
]  # fmt: skip
