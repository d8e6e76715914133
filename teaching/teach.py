"""Teach the hearing, and write what it learnt into `handlers/hearing/data/weights.zip`.

How sure it may call itself is learnt too, by hearing each fifth of the examples after the other four taught it.
"""

import json
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from handlers.hearing.features import features
from handlers.hearing.weights import FILE
from teaching.examples import Example, all_examples, digest

STRICTNESS = 1.0
FOLDS = 5
SURE, LIKELY = 0.90, 0.60  # what share has to be right of the least that is called so
AROUND = 250  # examples that a share is of
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same examples make the same file


@dataclass(frozen=True, slots=True)
class Taught:
    """A vectoriser and what it was taught with."""

    vectors: Any
    model: Any


def teach(examples: list[Example]) -> Taught:
    """Teach from examples; one of several doors is taught as its first."""
    vectors = TfidfVectorizer(analyzer=analyse, binary=True, min_df=2)
    seen = vectors.fit_transform([example.text for example in examples])
    model = LinearSVC(C=STRICTNESS, random_state=0, class_weight=None)
    return Taught(vectors, model.fit(seen, [example.doors[0] for example in examples]))


def analyse(text: str) -> list[str]:
    """The features in an order that does not change from run to run."""
    return sorted(features(text))


def weigh(taught: Taught, examples: list[Example]) -> Any:
    """The weight of each door for each example."""
    return taught.model.decision_function(taught.vectors.transform([example.text for example in examples]))


def weigh_unseen(examples: list[Example]) -> Any:
    """The same for each example by what the others taught."""
    doors = sorted({example.doors[0] for example in examples})
    found = np.zeros((len(examples), len(doors)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for others, own in folds.split(np.zeros(len(examples)), [example.doors[0] for example in examples]):
        taught = teach([examples[place] for place in others])
        found[own] = weigh(taught, [examples[place] for place in own])
    return found


def steepness(found: Any, right: Any) -> float:
    """That with which the confidences would have been the least surprised."""
    best = min(np.arange(0.5, 12, 0.25), key=lambda steep: surprise(found * steep, right))
    return float(best)


def surprise(found: Any, right: Any) -> float:
    """Mean negative logarithm of the confidence in what was right."""
    return float(-np.log(confidences(found)[np.arange(len(right)), right] + 1e-12).mean())


def confidences(found: Any) -> Any:
    """The likeness of each door, which add up to one."""
    powers = np.exp(found - found.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def least(confidence: Any, right: Any, share: float) -> float:
    """The least confidence around which so great a share was right."""
    order = np.argsort(-confidence)
    shares = np.convolve(right[order], np.ones(AROUND) / AROUND, mode="valid")
    enough = np.nonzero(shares >= share)[0]
    return float(confidence[order][enough[-1] + AROUND // 2]) if len(enough) else 1.0


def main() -> None:
    """Teach, measure, write."""
    examples = all_examples()
    taught, unseen = teach(examples), weigh_unseen(examples)
    doors = [str(door) for door in taught.model.classes_]
    right = np.array([doors.index(example.doors[0]) for example in examples])
    steep = steepness(unseen, right)
    confidence = confidences(unseen * steep)
    order = np.argsort(-unseen, axis=1)
    hits = order[:, 0] == right
    either = hits | (order[:, 1] == right)
    highest = confidence.max(axis=1)
    rows = taught.model.coef_.T * taught.vectors.idf_[:, None]
    scale = float(np.abs(rows).max()) / 127
    small = np.rint(rows / scale).astype(int)
    kept = np.nonzero(np.abs(small).max(axis=1) > 0)[0]
    names = taught.vectors.get_feature_names_out()
    about = {
        "doors": doors,
        "taught": digest(),
        "scale": scale,
        "bias": [float(bias) for bias in taught.model.intercept_],
        "steepness": steep,
        "sure": least(highest, hits, SURE),
        "likely": least(highest, either, LIKELY),
    }
    write(about, [str(names[place]) for place in kept], taught.vectors.idf_[kept], small[kept] + 128)
    print(f"{len(examples)} examples, {len(doors)} doors, {len(kept)} features, {FILE.stat().st_size / 1e6:.1f} MB")
    print(f"of the unseen {hits.mean():.3f} are heard, {either.mean():.3f} in the two best")
    print({key: round(value, 3) for key, value in about.items() if isinstance(value, float)})


def write(about: dict[str, object], names: list[str], rarity: Any, rows: Any) -> None:
    """Write all of it into one file."""
    parts = {
        "about.json": json.dumps(about, ensure_ascii=False).encode(),
        "features.txt": "\n".join(names).encode(),
        "rarity.bin": rarity.astype("<f4").tobytes(),
        "rows.bin": rows.astype("uint8").tobytes(),
    }
    with zipfile.ZipFile(FILE, "w") as kept:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name, EPOCH)
            part.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(part, content, compresslevel=9)


if __name__ == "__main__":
    main()
