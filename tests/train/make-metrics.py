"""Writes fixtures/metrics.json: metrics by scikit-learn (1.9) of random scores, with ties, rare and missing classes."""
import json
import pathlib

import numpy as np
from sklearn import metrics

random = np.random.default_rng(777)


def rounded(values, digits=2):
    return np.round(values, digits).astype(np.float32)


def classification(n, classes, seen):
    logits = rounded(random.normal(size=(n, classes)) * 1.5, 1 if classes == 2 else 4)
    labels = random.integers(0, seen, size=n)
    logits[np.arange(n), labels] += 1
    logits += (np.arange(classes) * 0.001).astype(np.float32)  # the highest is one
    predicted = logits.argmax(1)
    case = {"logits": logits.tolist(), "labels": labels.tolist(), "accuracy": metrics.accuracy_score(labels, predicted)}
    case["confusion"] = metrics.confusion_matrix(labels, predicted, labels=range(classes)).tolist()
    for average in ["micro", "macro", "weighted"] + (["binary"] if classes == 2 else []):
        scores = metrics.precision_recall_fscore_support(labels, predicted, average=average, zero_division=0)
        case[average] = [float(score) for score in scores[:3]]
    if seen == classes:
        softmax = np.exp(logits.astype(np.float64))
        softmax /= softmax.sum(1, keepdims=True)
        case["auc"] = (
            metrics.roc_auc_score(labels, logits[:, 1].astype(np.float64) - logits[:, 0])
            if classes == 2
            else metrics.roc_auc_score(labels, softmax, multi_class="ovr")
        )
        case["topk"] = {k: metrics.top_k_accuracy_score(labels, logits, k=k) for k in range(1, classes)} if classes > 2 else {}
    return case


def binary(n):
    scores = rounded(random.normal(size=n), 1)
    labels = (scores + random.normal(size=n) > 0).astype(int)
    scores = np.where(scores == 0, np.float32(0.1), scores)
    predicted = (scores > 0).astype(int)
    return {
        "scores": scores.tolist(),
        "labels": labels.tolist(),
        "accuracy": metrics.accuracy_score(labels, predicted),
        "binary": [float(score) for score in metrics.precision_recall_fscore_support(labels, predicted, average="binary")[:3]],
        "auc": metrics.roc_auc_score(labels, scores),
    }


def regression(n, columns, offset):
    target = rounded(random.normal(size=(n, columns)) * 3 + offset)
    output = rounded(target + random.normal(size=(n, columns)))
    return {
        "output": output.tolist(),
        "target": target.tolist(),
        "mae": metrics.mean_absolute_error(target, output),
        "rmse": float(metrics.root_mean_squared_error(target.astype(np.float64), output.astype(np.float64))),
        "r2": metrics.r2_score(target.astype(np.float64), output.astype(np.float64)),
    }


cases = {
    "classification": [classification(*sizes) for sizes in [(40, 2, 2), (60, 3, 3), (50, 5, 5), (30, 4, 2), (1, 3, 1)]],
    "binary": [binary(n) for n in [20, 101]],
    "regression": [regression(*sizes) for sizes in [(30, 1, 0), (25, 3, 0), (40, 1, 10_000), (2, 1, 5)]],
}
path = pathlib.Path(__file__).parent / "fixtures" / "metrics.json"
path.write_text(json.dumps(cases) + "\n")
