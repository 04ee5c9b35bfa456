from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "coalition.accounts"
    label = "accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added  # needs the models

        from coalition.accounts.second_factor import remember_setting_up

        authenticator_added.connect(remember_setting_up, dispatch_uid="accounts")
