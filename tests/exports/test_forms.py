from tongxin.exports.forms import ReasonForm, WordForm


def test_both_ask_for_words():
    assert list(ReasonForm().fields) == ["reason"] and list(WordForm().fields) == ["words"]
    assert ReasonForm({}).errors and WordForm({}).errors
    assert not ReasonForm({"reason": "字" * 1001}).is_valid() and WordForm({"words": "说得清楚"}).is_valid()
