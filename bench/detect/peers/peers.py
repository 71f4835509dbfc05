"""What Evidently and NannyML see in windows of leads, at their defaults.

Reads one case a line from standard input: {"reference": FILE, "windows": FILE, "counts": [...], "chunk": N,
"drifts": [{"columns": [...], "file": FILE}], "out": FILE, "check": bool}. Files hold float32 rows: numbers (NaN:
missing), categories as codes, the score; a drift's file only the columns that it touches, one after the other.
Answers with a line of JSON, and in `out` (float32): without drifts a row for each window with the columns below; with
drifts, for each of them and each window, the largest of Evidently's that names a column which has drifted, NannyML's
largest, and NannyML's reconstruction error, which names none.

Columns: Evidently's distance by its own limit of .1 (numbers and score, then categories); NannyML's deviations from
its reference chunks by its own limit of three standard deviations (Jensen-Shannon of the same columns; missing values
of numbers and categories; unseen levels of categories; error of the PCA reconstruction). A value above 1 is an alarm
at the defaults. The tools' own functions cost a tenth of a second a window, so their formulas are written for all
windows at once here, and `check` compares the first windows with what the tools themselves say.
"""

import json
import sys
import warnings

import numpy as np

NUMBERS = 12
CATEGORIES = 8
COLUMNS = NUMBERS + CATEGORIES + 1
NUMERIC = [*range(NUMBERS), COLUMNS - 1]
CATEGORICAL = list(range(NUMBERS, NUMBERS + CATEGORIES))
LEVELS = 6
EVIDENTLY_LIMIT = 0.1
NANNYML_DEVIATIONS = 3


def read(path):
    return np.fromfile(path, dtype=np.float32).astype(np.float64).reshape(-1, COLUMNS)


def jensen_shannon(p, q, base):
    """Distance between the rows of p and q, as scipy.spatial.distance.jensenshannon."""
    p = p / p.sum(axis=1, keepdims=True)
    q = q / q.sum(axis=1, keepdims=True)
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(p > 0, p * np.log(p / m), 0).sum(axis=1)
        right = np.where(q > 0, q * np.log(q / m), 0).sum(axis=1)
    return np.sqrt(np.maximum(left + right, 0) / 2 / np.log(base))


def count(bins, window, windows, size):
    """A histogram for each window."""
    return np.bincount(window * size + bins, minlength=windows * size).reshape(windows, size)


def wasserstein(sorted_reference, sums, values):
    """scipy.stats.wasserstein_distance against a sorted reference with its running sums: O(n log N)."""
    n, size = len(values), len(sorted_reference)
    v = np.sort(values)
    below = np.searchsorted(sorted_reference, v, side="right")
    area = (below * v - sums[below]) / size  # of the reference's distribution function up to v
    low, high = v[:-1], v[1:]
    level = np.arange(1, n) / n
    crossing = sorted_reference[np.minimum(np.floor(np.arange(1, n) * size / n).astype(int), size - 1)]
    crossing = np.clip(crossing, low, high)
    at = np.searchsorted(sorted_reference, crossing, side="right")
    area_at = (at * crossing - sums[at]) / size
    inside = level * (crossing - low) - (area_at - area[:-1]) + (area[1:] - area_at) - level * (high - crossing)
    above = (sums[size] - sums[below[-1]] - (size - below[-1]) * v[-1]) / size
    return area[0] + np.abs(inside).sum() + above


class Evidently:
    """DataDriftPreset on a reference above 1,000 rows: normed Wasserstein, and Jensen-Shannon of categories."""

    def __init__(self, reference):
        self.numeric = []
        for column in NUMERIC:
            values = np.sort(reference[~np.isnan(reference[:, column]), column])
            sums = np.concatenate([[0.0], np.cumsum(values)])
            self.numeric.append((column, values, sums, max(float(np.std(values)), 0.001)))
        self.shares = {column: shares(reference[:, column]) for column in CATEGORICAL}

    def measure(self, rows, window, windows, only=range(COLUMNS)):
        starts = np.searchsorted(window, np.arange(windows + 1))
        out = np.zeros((windows, COLUMNS))
        for i, (column, values, sums, norm) in enumerate(self.numeric):
            if column not in only:
                continue
            for w in range(windows):
                current = rows[starts[w] : starts[w + 1], column]
                out[w, i] = wasserstein(values, sums, current[~np.isnan(current)]) / norm
        for i, column in enumerate(CATEGORICAL):
            if column not in only:
                continue
            counts = count_levels(rows[:, column], window, windows)
            reference = np.repeat(self.shares[column][None, :], windows, axis=0)
            out[:, len(NUMERIC) + i] = jensen_shannon(reference, counts, np.e)
        return out / EVIDENTLY_LIMIT


def shares(column):
    counts = np.bincount(column[~np.isnan(column)].astype(int), minlength=LEVELS)
    return counts / counts.sum()


def count_levels(column, window, windows):
    there = ~np.isnan(column)
    return count(column[there].astype(int), window[there], windows, LEVELS)


class NannyML:
    """Univariate drift, missing and unseen values, and data reconstruction; limits from reference chunks."""

    def __init__(self, reference, chunk):
        self.edges = {
            column: np.histogram_bin_edges(reference[~np.isnan(reference[:, column]), column], bins="doane")
            for column in NUMERIC
        }
        self.reference = {}
        for column in NUMERIC:
            values = reference[~np.isnan(reference[:, column]), column]
            self.reference[column] = np.append(np.histogram(values, self.edges[column])[0] / len(values), 0)
        for column in CATEGORICAL:
            self.reference[column] = shares(reference[:, column])
        self.fit_reconstruction(reference)
        chunks = max(1, len(reference) // chunk)
        window = np.minimum(np.arange(len(reference)) // chunk, chunks - 1)
        values = self.values(reference, window, chunks)
        self.mean = values.mean(axis=0)
        self.std = values.std(axis=0)

    def fit_reconstruction(self, reference):
        from sklearn.decomposition import PCA
        from sklearn.preprocessing import StandardScaler

        features = reference[:, : NUMBERS + CATEGORIES]
        self.fill = np.array(
            [
                np.nanmean(features[:, i]) if i < NUMBERS else np.argmax(shares(features[:, i]))
                for i in range(NUMBERS + CATEGORIES)
            ]
        )
        filled = self.impute(features)
        self.frequency = [np.bincount(filled[:, i].astype(int), minlength=LEVELS) / len(filled) for i in CATEGORICAL]
        encoded = self.encode(filled)
        self.scaler = StandardScaler().fit(encoded)
        self.pca = PCA(n_components=0.65, random_state=16).fit(self.scaler.transform(encoded))

    def impute(self, features):
        return np.where(np.isnan(features), self.fill, features)

    def encode(self, filled):
        encoded = filled.copy()
        for i, column in enumerate(CATEGORICAL):
            encoded[:, column] = self.frequency[i][filled[:, column].astype(int)]
        return encoded

    def values(self, rows, window, windows, only=range(COLUMNS)):
        sizes = np.bincount(window, minlength=windows)
        out = []
        for column in NUMERIC:
            if column not in only:
                out.append(np.zeros(windows))
                continue
            there = ~np.isnan(rows[:, column])
            edges = self.edges[column]
            inner = len(edges) - 1
            bins = np.searchsorted(edges, rows[there, column], side="right") - 1
            bins[rows[there, column] == edges[-1]] = inner - 1
            bins[(bins < 0) | (bins >= inner)] = inner  # NannyML's leftover
            counts = count(bins, window[there], windows, inner + 1)
            out.append(jensen_shannon(np.repeat(self.reference[column][None, :], windows, axis=0), counts, 2))
        for column in CATEGORICAL:
            if column not in only:
                out.append(np.zeros(windows))
                continue
            counts = count_levels(rows[:, column], window, windows)
            out.append(jensen_shannon(np.repeat(self.reference[column][None, :], windows, axis=0), counts, 2))
        for column in range(NUMBERS + CATEGORIES):
            out.append(np.bincount(window[np.isnan(rows[:, column])], minlength=windows) / sizes)
        for column in CATEGORICAL:
            unseen = rows[:, column] >= LEVELS - 1
            out.append(np.bincount(window[unseen], minlength=windows) / sizes)
        scaled = self.scaler.transform(self.encode(self.impute(rows[:, : NUMBERS + CATEGORIES])))
        errors = np.linalg.norm(scaled - self.pca.inverse_transform(self.pca.transform(scaled)), axis=1)
        out.append(np.bincount(window, weights=errors, minlength=windows) / sizes)
        return np.stack(out, axis=1)

    def measure(self, rows, window, windows, only=range(COLUMNS)):
        values = self.values(rows, window, windows, only)
        deviation = values - self.mean
        # Jensen-Shannon has an upper limit only; any unseen level is an alarm, whatever the knob.
        deviation[:, COLUMNS:] = np.abs(deviation[:, COLUMNS:])
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = np.where(deviation > 0, deviation / self.std, 0)
        return scores / NANNYML_DEVIATIONS, values


def run(case):
    reference = read(case["reference"])
    rows = read(case["windows"])
    counts = np.array(case["counts"])
    windows = len(counts)
    window = np.repeat(np.arange(windows), counts)
    evidently = Evidently(reference)
    nannyml = NannyML(reference, case["chunk"])
    if case["drifts"]:
        found = [measure_drift(evidently, nannyml, rows, window, windows, drift) for drift in case["drifts"]]
        np.stack(found).astype(np.float32).tofile(case["out"])
    else:
        scores, _ = nannyml.measure(rows, window, windows)
        distances = evidently.measure(rows, window, windows)
        np.concatenate([distances, scores], axis=1).astype(np.float32).tofile(case["out"])
    answer = {}
    if case["check"]:
        from check_peers import check

        few = window < 3
        distances = evidently.measure(rows[few], window[few], 3) * EVIDENTLY_LIMIT
        _, values = nannyml.measure(rows[few], window[few], 3)
        answer["check"] = check(reference, rows, window, distances, values, case["chunk"])
    return answer


def measure_drift(evidently, nannyml, rows, window, windows, drift):
    """For each window the largest value that names a column which has drifted; the last is the reconstruction's."""
    columns = drift["columns"]
    moved = rows.copy()
    moved[:, columns] = np.fromfile(drift["file"], dtype=np.float32).reshape(len(columns), -1).T
    distances = evidently.measure(moved, window, windows, columns)
    scores, _ = nannyml.measure(moved, window, windows, columns)
    position = [NUMERIC.index(c) if c in NUMERIC else len(NUMERIC) + CATEGORICAL.index(c) for c in columns]
    missing = [COLUMNS + c for c in columns if c < NUMBERS + CATEGORIES]
    unseen = [2 * COLUMNS - 1 + CATEGORICAL.index(c) for c in columns if c in CATEGORICAL]
    named = scores[:, [*position, *missing, *unseen]].max(axis=1)
    return np.stack([distances[:, position].max(axis=1), named, scores[:, -1]])


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
