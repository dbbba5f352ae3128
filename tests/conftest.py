"""What all tests share."""

from hypothesis import HealthCheck, settings

# The same examples on each run: a failure is one of the change, not of chance. New examples come
# from fuzz/, and from `pytest --hypothesis-profile=explore`.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile(
    "explore", max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile("repeatable")


def pytest_configure(config):
    config.addinivalue_line("markers", "fuzz: a guided search for some seconds; needs atheris")
