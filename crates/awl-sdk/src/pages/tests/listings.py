"""Makes up listings and says what botocore makes of them. Arguments: a seed and
how many. Each is an object on a line of its own: the model of the pages, the
parameters, what is wanted of the pages and what the service answers; then the
requests that botocore makes, the pages that it gives and the whole answer, or
the error's text."""

import base64
import copy
import json
import random
import sys
from types import SimpleNamespace

from botocore.paginate import Paginator

LIMITS = {"Limit": "integer", "TextLimit": "string"}
MEMBERS = {name: SimpleNamespace(type_name=kind) for name, kind in LIMITS.items()}
OPERATION = SimpleNamespace(input_shape=SimpleNamespace(members=MEMBERS))
LISTS = ("Items", "Others")
RESULTS = ("Items", "Others", "Count", "Text", "Nest.Items", "Nest.Names", "Deep.A.B")
SAME = ("Owner", "Nest.Owner", "Missing", "Count", "Nest.Gone.X")


class NoAnswerLeft(Exception):
    pass


def listing(pick):
    tokens = [("Token", pick.choice(["Next", "Next || Items[-1]", "Nest.Tok"]))]
    if pick.random() < 0.4:
        tokens.append(("Second", pick.choice(["Second", "Items[-1]"])))
    model = {
        "input_token": [name for name, _ in tokens],
        "output_token": [expression for _, expression in tokens],
        "result_key": pick.sample(RESULTS, pick.randint(1, 4)),
    }
    for key, value in list(model.items()):
        if len(value) == 1:
            model[key] = value[0]
    if pick.random() < 0.5:
        model["limit_key"] = pick.choice(list(LIMITS))
    if pick.random() < 0.3:
        model["more_results"] = pick.choice(["More", "Nest.More"])
    if pick.random() < 0.4:
        model["non_aggregate_keys"] = pick.sample(SAME, pick.randint(1, 3))
    params = {"Name": "n"} if pick.random() < 0.7 else {}
    if pick.random() < 0.1:
        params["Limit"] = 9
    config = {}
    if pick.random() < 0.6:
        config["MaxItems"] = pick.randint(-1, 12)
    if pick.random() < 0.1:
        config["PageSize"] = pick.choice([1, 2, "3"])
    if pick.random() < 0.4:
        config["StartingToken"] = starting_token(pick, [name for name, _ in tokens])
    count = pick.randint(1, 4)
    answers = [page(pick, number, number == count - 1) for number in range(count)]
    return {"model": model, "params": params, "config": config, "answers": answers}


def starting_token(pick, names):
    token = {name: pick.choice(["s1", None, "None", "é"]) for name in names}
    if pick.random() < 0.5:
        token["boto_truncate_amount"] = pick.choice([0, 1, 2, 3, -1])
    if pick.random() < 0.1:
        token = {"Wrong": 1}
    ours = base64.b64encode(json.dumps(token).encode()).decode()
    others = ["plain", "plain___2", "a___b___1", "None___1", "a___b___c___d", "MTIz", "W10=", ""]
    return pick.choice([ours] * 5 + others)


def page(pick, number, is_last):
    def items():
        return [pick.choice("abcé") + str(pick.randint(0, 9)) for _ in range(pick.randint(0, 5))]

    def token():
        if is_last or pick.random() < 0.05:
            return None
        return pick.choice([f"t{number}", f"t{number}", "t1", "", 0, "None", number])

    nest = {
        "Items": items(),
        "Names": items(),
        "Tok": token(),
        "Owner": pick.choice(["o", {"z": 1}]),
        "More": not is_last,
    }
    whole = {
        "Items": items(),
        "Others": pick.choice([items(), None]),
        "Count": pick.choice([1, 2, 1.5]),
        "Text": pick.choice(["", "xy", "é€"]),
        "Nest": {key: nest[key] for key in pick.sample(list(nest), pick.randint(1, 5))},
        "Deep": pick.choice([{"A": {"B": items()}}, {"A": {}}, {}]),
        "Owner": {"Id": "x"},
        "Next": token(),
        "Second": token(),
        "More": pick.choice([True, True, "", None]) if not is_last else False,
    }
    kept = pick.sample(list(whole), pick.randint(5, len(whole)))
    return {key: whole[key] for key in kept}


def answer(case):
    """What botocore does; None where it wants more pages than there are."""
    requests, pages = [], []
    left = iter(copy.deepcopy(case["answers"]))

    def call(**params):
        requests.append(json.dumps(params, ensure_ascii=False))
        for result in left:
            return result
        raise NoAnswerLeft

    class Recorded(Paginator.PAGE_ITERATOR_CLS):
        def __iter__(self):
            for page in super().__iter__():
                pages.append(json.dumps(page, ensure_ascii=False))
                yield page

    try:
        paginator = Paginator(call, copy.deepcopy(case["model"]), OPERATION)
        paginator.PAGE_ITERATOR_CLS = Recorded
        params = dict(case["params"], PaginationConfig=case["config"])
        whole = paginator.paginate(**params).build_full_result()
        end = json.dumps(whole, ensure_ascii=False)
    except NoAnswerLeft:
        return None
    except Exception as error:
        end = str(error)
    case["answers"] = case["answers"][: len(requests)]
    return dict(case, requests=requests, pages=pages, end=end)


pick = random.Random(int(sys.argv[1]))
count = int(sys.argv[2])
while count:
    case = answer(listing(pick))
    if case is not None:
        print(json.dumps(case, ensure_ascii=False))
        count -= 1
