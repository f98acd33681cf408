// From figures of single motions to the protocol's rows: point values, ratios to captures, and how sure they
// are, by drawing whole clips with replacement (paired: the same clips for both sides of a ratio).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/evaluate/evaluation_records.h"

namespace kinescore {

/// A figure with its 95 % interval.
struct Interval {
  double point = 0, low = 0, high = 0;
};

/// `statistic` of clip weights, for weights of 1 and for `count` draws of as many clips with replacement. Draws
/// without a finite value do not count; nothing when the point has none or most draws have none.
[[nodiscard]] std::optional<Interval> bootstrapped(int clips, int count, std::uint64_t seed,
                                                   const std::function<double(const std::vector<double>&)>& statistic);

enum class RowKind {
  Ratio,      // sum over sum
  MacroRatio, // mean over groups of sum over sum
  Median,
  Geometric,  // exp of sum over sum
};

/// One motion's share in a row.
struct RowSample {
  int clip = 0;        // of EvaluationSummary::clips
  int group = 0;
  double top = 0, bottom = 1;
};

struct Bounds {
  std::optional<double> low, high;
  [[nodiscard]] bool contains(double value) const { return (!low || value >= *low) && (!high || value <= *high); }
};

/// One row of the table, for all columns and both stages.
struct SummaryRow {
  std::string id, title, unit;
  double shownTimes = 1;            // figures are printed in `unit` after times this
  RowKind kind = RowKind::Ratio;
  bool isRatioToReal = true;        // judged as a ratio to the column Real; otherwise as it is
  std::string realName;             // what the column Real is here, when it is no capture
  bool isConstraint = false;        // belongs to the table of keys, paths and in-betweens
  std::map<Column, Bounds> must, aim;          // after the solver
  std::map<Column, Bounds> mustBefore, aimBefore;
  std::map<std::pair<Column, Stage>, std::vector<RowSample>> samples;  // Real and Copy: After alone
  std::optional<double> chance;

  /// NaN where nothing was measured. `weights` by clip.
  [[nodiscard]] double value(Column column, Stage stage, const std::vector<double>& weights) const;
  /// What is judged: the value, or its ratio to Real.
  [[nodiscard]] double judged(Column column, Stage stage, const std::vector<double>& weights) const;
};

struct ActionRow {
  std::string action;
  int stretches = 0;
  std::map<Column, double> accuracy;  // after the solver
};

struct EvaluationSummary {
  EvaluationHeader header;
  std::vector<std::string> clips;
  std::vector<SummaryRow> rows;
  std::vector<ActionRow> actions;
  std::map<std::pair<Column, Stage>, std::array<double, 5>> mbench;
  std::map<Column, int> motions;      // measured
  bool slerpIsTheBar = false;         // of the two interpolations, the one with the smaller error
};
[[nodiscard]] EvaluationSummary summaryOf(const EvaluationRecords& records);

/// Judged figures of a column after the solver with their intervals; nothing where nothing was measured.
[[nodiscard]] std::optional<Interval> judgedInterval(const EvaluationSummary& summary, const SummaryRow& row, Column column, Stage stage);

/// Met: the point lies within the bounds, and so does the worse end of its interval when the bounds are wider by 0.10
/// (ratios) or a tenth (figures with a unit).
[[nodiscard]] bool isMet(const SummaryRow& row, const Bounds& must, const Interval& judged);

/// How two runs of the same question differ: second less first, judged figures, paired by clip.
struct Difference {
  std::string id, title;
  Column column = Column::Plain;
  Stage stage = Stage::After;
  double first = 0, second = 0;
  Interval difference;
};
[[nodiscard]] Result<std::vector<Difference>> compareRuns(const EvaluationSummary& first, const EvaluationSummary& second);

}  // namespace kinescore
