"""What all tests share."""


def pytest_configure(config):
    config.addinivalue_line("markers", "fuzz: a guided search for some seconds; needs atheris")
