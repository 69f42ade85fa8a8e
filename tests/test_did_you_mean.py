from indexer.did_you_mean import did_you_mean, near_names

NAMES = ["median_first_response", "median_resolution", "csat", "Team"]


def test_the_nearest_names_come_first_whatever_their_capitals() -> None:
    assert near_names("median_first_respose", NAMES)[0] == "median_first_response"
    assert near_names("TEEM", NAMES) == ["Team"]
    assert near_names("median_", NAMES, most=1, cutoff=0.4) == ["median_resolution"]
    assert near_names("quite different", NAMES) == []


def test_the_question_names_all_of_them() -> None:
    assert did_you_mean(["a", "b"]) == "did you mean a or b?"
    assert did_you_mean([]) == ""
