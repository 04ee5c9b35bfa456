# Written for compose.yaml; not tried by our own tests, which start the same processes without containers.
FROM python:3.13-slim

RUN useradd --system --create-home --home-dir /site nakaz
WORKDIR /site
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
ENV PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=coalition.settings NAKAZ_STATIC_ROOT=/site/static-collected
# The settings refuse to load without these; nothing connects to them here.
RUN NAKAZ_SECRET_KEY=build DATABASE_URL=postgres:///build REDIS_URL=redis://build \
    python manage.py collectstatic --no-input --verbosity=0
USER nakaz
EXPOSE 8000
CMD ["gunicorn", "coalition.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8", "--no-control-socket"]
