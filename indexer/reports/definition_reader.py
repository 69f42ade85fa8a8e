"""Reading a definition from a decoded file, and naming everything that is wrong with it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from indexer.reports.definition import Definition
from indexer.reports.invalid_definition import NO_KEY, InvalidDefinition, invalid
from indexer.reports.mapping_check import faults_of, has_twins
from indexer.reports.parameters import references, replaced
from indexer.reports.vocabulary import FILE, Vocabulary

_WITH_PARAMETERS = frozenset({"where", "action", "value"})
_BY_THE_READER = {
    "dataset": "the directory says it",
    "vocabulary": f"{FILE} says it",
    "measures_durations": "the mapping says it",
}


def read_definition(source: str, vocabulary: Vocabulary, content: object, fields: Mapping[str, str]) -> Definition:
    """The definition that a decoded file holds.

    `source` is the file as errors are to name it, `vocabulary` and `fields` are those of its dataset: the words, and
    the path of every field of the mapping with its type. Raises `InvalidDefinition`, also for a field that the mapping
    does not have.
    """
    if not isinstance(content, Mapping):
        raise InvalidDefinition([f"{source}: is not a list of keys and values"])
    if taken := [f"{source}: {key}: {NO_KEY}; {why}" for key, why in _BY_THE_READER.items() if key in content]:
        raise InvalidDefinition(taken)
    told = {"dataset": vocabulary.dataset, "vocabulary": vocabulary}
    try:
        definition = Definition.model_validate({**_with_defaults(source, content), **told})
    except ValidationError as error:
        raise invalid(source, error) from error
    if faults := [f"{source}: {fault}" for fault in faults_of(definition, fields)]:
        raise InvalidDefinition(faults)
    return definition.model_copy(update={"measures_durations": has_twins(definition, fields)})


def _with_defaults(source: str, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content with the default of each parameter in the places that name it."""
    places: dict[str, list[list[str]]] = {}
    for key in _WITH_PARAMETERS & content.keys():
        for name, path in references(content[key], (key,)):
            places.setdefault(name, []).append(list(path))
    declared = content.get("parameters", {})
    if not isinstance(declared, Mapping) or not all(isinstance(one, Mapping) for one in declared.values()):
        raise InvalidDefinition([f"{source}: parameters: is not a list of names, each with keys and values"])
    faults = [
        f"{source}: {'.'.join(path)}: there is no parameter {name}"
        for name in places.keys() - declared.keys()
        for path in places[name][:1]
    ]
    faults += [
        f"{source}: parameters.{name}: is not used; write ${name} where it belongs"
        for name in declared
        if name not in places
    ]
    faults += [f"{source}: parameters.{name}.sets: {NO_KEY}" for name, one in declared.items() if "sets" in one]
    if faults:
        raise InvalidDefinition(sorted(faults))
    if not declared:
        return content
    values = {tuple(path): declared[name].get("default", 0) for name, paths in places.items() for path in paths}
    parameters = {name: {**one, "sets": places[name]} for name, one in declared.items()}
    return {**replaced(content, values), "parameters": parameters}
