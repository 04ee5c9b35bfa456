import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")

application = get_wsgi_application()

# A page makes some 20,000 objects and drops them: looking for cycles after every 700, and among all that was loaded at
# the start, took a sixth of its time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
