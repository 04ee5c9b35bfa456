from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "coalition.accounts"
    label = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # needs the models

        from coalition.accounts.roles import bring_in_line
        from coalition.accounts.second_factor import remember_setting_up

        # As Django makes the permissions themselves: the database follows the code at every `migrate`, so that the
        # table of roles and the groups never differ, and no migration has to repeat it.
        post_migrate.connect(bring_in_line, sender=self, dispatch_uid="accounts")
        authenticator_added.connect(remember_setting_up, dispatch_uid="accounts")
