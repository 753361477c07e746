from tests.factories import exports
from tongxin.core import clock
from tongxin.exports import actions, wording


def test_every_state_has_its_sentence(here):
    found = exports.ask(here)
    said = [wording.sentence(found)]
    with clock.stopped_at(found.asked.ends_at):
        said.append(wording.sentence(exports.again(here, found.asked)))
    word = actions.agree_export(found, by=here.users["township"], words=exports.YES)
    ready = exports.again(here, found.asked)
    said.append(wording.sentence(ready))
    with clock.stopped_at(word.ends_at):
        said.append(wording.sentence(exports.again(here, found.asked)))
    actions.take_export(ready, by=here.users["clerk"])
    said.append(wording.sentence(exports.again(here, found.asked)))
    other = exports.ask(here)
    actions.refuse_export(other, by=here.users["township"], words=exports.YES)
    said.append(wording.sentence(exports.again(here, other.asked)))
    assert len(set(said)) == 6 and all(found.asked.by_body in one and "%" not in one for one in said)
