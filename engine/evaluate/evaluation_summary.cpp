#include "engine/evaluate/evaluation_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "engine/core/random.h"
#include "engine/evaluate/mbench.h"

namespace kinescore {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kNearMetres = 0.02;  // a second nearer than this to a train clip counts as remembered
constexpr double kSlack = 0.10;

// Collects rows; clips and groups get numbers as they come.
class Summariser {
 public:
  explicit Summariser(const EvaluationRecords& records) : records_(records) { summary_.header = records.header; }

  EvaluationSummary take() {
    addFeet();
    addJerk();
    addText();
    addNovelty();
    addInbetweens();
    addKeys();
    addPaths();
    addSensed();
    addActions();
    addMBench();
    return std::move(summary_);
  }

 private:
  static constexpr Column kOurs[] = {Column::Plain, Column::Referenced};

  SummaryRow& row(std::string id, std::string title, RowKind kind, Bounds must, Bounds aim) {
    SummaryRow r;
    r.id = std::move(id);
    r.title = std::move(title);
    r.kind = kind;
    for (const Column column : kOurs) {
      r.must[column] = must;
      r.aim[column] = aim;
    }
    summary_.rows.push_back(std::move(r));
    return summary_.rows.back();
  }

  int clipNumber(const std::string& clip) {
    const auto found = std::find(summary_.clips.begin(), summary_.clips.end(), clip);
    if (found != summary_.clips.end()) return int(found - summary_.clips.begin());
    summary_.clips.push_back(clip);
    return int(summary_.clips.size()) - 1;
  }
  int groupNumber(const std::string& name) { return groups_.try_emplace(name, int(groups_.size())).first->second; }

  // Calls visit(record, its motions, column, stage) for every stretch that was measured.
  template <class Visit>
  void eachStretch(const Visit& visit) {
    for (const auto& [column, stretches] : records_.stretches) {
      for (const auto& [number, record] : stretches) {
        if (!record.before.empty()) visit(number, record, record.before, column, Stage::Before);
        visit(number, record, record.after, column, Stage::After);
      }
    }
  }

  const StretchRecord* realOf(int number) const {
    const auto column = records_.stretches.find(Column::Real);
    if (column == records_.stretches.end()) return nullptr;
    const auto found = column->second.find(number);
    return found == column->second.end() || found->second.after.empty() ? nullptr : &found->second;
  }

  void addFeet() {
    SummaryRow skate = row("skate", "foot skate", RowKind::Ratio, {{}, 1.2}, {{}, 1.0});
    skate.unit = "mm/frame";
    SummaryRow fast = row("skate_fast", "standing toes above 0.5 m/s", RowKind::Ratio, {{}, 1.2}, {{}, 1.0});
    fast.unit = "%";
    fast.shownTimes = 100;
    SummaryRow low = row("low_toes", "low toes", RowKind::Ratio, {0.8, 1.25}, {0.9, 1.1});
    low.unit = "% of the time";
    low.shownTimes = 100;
    eachStretch([&](int, const StretchRecord& record, const std::vector<MotionRecord>& motions, Column column, Stage stage) {
      if (!record.isClean) return;
      const int clip = clipNumber(record.clip);
      const double share = 1.0 / double(std::max<std::size_t>(1, motions.size()));
      for (const MotionRecord& m : motions) {
        skate.samples[{column, stage}].push_back({clip, 0, share * m.skate.millimetres, share * m.skate.low});
        fast.samples[{column, stage}].push_back({clip, 0, share * m.skate.fast, share * m.skate.low});
        low.samples[{column, stage}].push_back({clip, 0, share * m.skate.low, share * m.skate.pairs});
      }
    });
    replace({skate, fast, low});
  }

  void addJerk() {
    SummaryRow mean = row("jerk_mean", "jerk, mean", RowKind::Geometric, {0.75, 1.3}, {0.85, 1.15});
    SummaryRow p95 = row("jerk_p95", "jerk, 95th percentile", RowKind::Geometric, {0.75, 1.3}, {0.85, 1.15});
    mean.unit = p95.unit = "m/s³";
    eachStretch([&](int number, const StretchRecord& record, const std::vector<MotionRecord>& motions, Column column, Stage stage) {
      if (!record.isClean || !realOf(number)) return;  // every caption beside its capture
      const int clip = clipNumber(record.clip);
      const double share = 1.0 / double(std::max<std::size_t>(1, motions.size()));
      for (const MotionRecord& m : motions) {
        if (m.jerk.mean <= 0 || m.jerk.p95 <= 0) continue;
        mean.samples[{column, stage}].push_back({clip, 0, share * std::log(m.jerk.mean), share});
        p95.samples[{column, stage}].push_back({clip, 0, share * std::log(m.jerk.p95), share});
      }
    });
    replace({mean, p95});
  }

  void addText() {
    SummaryRow micro = row("accuracy", "action named right", RowKind::Ratio, {0.80, {}}, {0.95, {}});
    SummaryRow macro = row("accuracy_macro", "action named right, classes alike", RowKind::MacroRatio, {0.80, {}}, {0.95, {}});
    SummaryRow recall = row("r_at_3", "R@3", RowKind::Ratio, {0.80, {}}, {0.95, {}});
    recall.must[Column::Referenced] = {0.90, {}};
    recall.aim[Column::Referenced] = {1.0, {}};
    for (SummaryRow* r : {&micro, &macro, &recall}) {
      r->unit = "%";
      r->shownTimes = 100;
    }
    if (records_.header.knownActions > 0) micro.chance = macro.chance = 1.0 / records_.header.knownActions;
    recall.chance = 3.0 / records_.header.poolSize;
    eachStretch([&](int, const StretchRecord& record, const std::vector<MotionRecord>& motions, Column column, Stage stage) {
      const int clip = clipNumber(record.clip), action = groupNumber(record.action);
      for (const MotionRecord& m : motions) {
        const double share = 1.0 / double(motions.size() * std::max<std::size_t>(1, m.verdicts.size()));
        for (const Verdict& v : m.verdicts) {
          if (v.right >= 0) {
            micro.samples[{column, stage}].push_back({clip, 0, share * v.right, share});
            macro.samples[{column, stage}].push_back({clip, action, share * v.right, share});
          }
          if (record.pools > 0) recall.samples[{column, stage}].push_back({clip, 0, share * record.pools * v.recall, share * record.pools});
        }
      }
    });
    replace({micro, macro, recall});
  }

  void addNovelty() {
    SummaryRow far = row("novelty", "novelty: seconds to the nearest train second", RowKind::Median, {0.7, {}}, {0.85, {}});
    far.unit = "cm";
    far.shownTimes = 100;
    SummaryRow near = row("remembered", "seconds nearer than 2 cm to a train clip", RowKind::Ratio, {{}, 2.0}, {{}, 1.3});
    near.unit = "%";
    near.shownTimes = 100;
    SummaryRow diversity = row("diversity", "diversity of seeds", RowKind::Ratio, {0.4, {}}, {0.6, 1.1});
    diversity.unit = "cm";
    diversity.shownTimes = 100;
    eachStretch([&](int number, const StretchRecord& record, const std::vector<MotionRecord>& motions, Column column, Stage stage) {
      const int clip = clipNumber(record.clip);
      for (const MotionRecord& m : motions) {
        for (const double d : m.novelty) {
          far.samples[{column, stage}].push_back({clip, 0, d, 1.0 / double(motions.size())});
          near.samples[{column, stage}].push_back({clip, 0, (d < kNearMetres ? 1.0 : 0.0) / double(motions.size()), 1.0 / double(motions.size())});
        }
      }
      const double apart = stage == Stage::Before ? record.diversityBefore : record.diversityAfter;
      const StretchRecord* real = realOf(number);
      if (apart >= 0 && real && real->diversityAfter >= 0) diversity.samples[{column, stage}].push_back({clip, 0, apart, 1});
    });
    replace({far, near, diversity});
  }

  void addInbetweens() {
    double slerp = 0, squad = 0;
    {  // the bar is the interpolation with the smaller error, every clip alike
      std::map<std::string, std::array<double, 3>> byClip;
      for (const auto& [number, r] : records_.inbetweens) {
        auto& sums = byClip[r.clip];
        sums[0] += r.slerp;
        sums[1] += r.squad;
        ++sums[2];
      }
      for (const auto& [clip, sums] : byClip) {
        slerp += sums[0] / sums[2];
        squad += sums[1] / sums[2];
      }
    }
    summary_.slerpIsTheBar = slerp <= squad;
    SummaryRow sampled = row("in_between", "in-between, keys every second, a sample", RowKind::MacroRatio, {{}, 0.85}, {{}, 0.7});
    SummaryRow estimated = row("in_between_estimate", "in-between, one-step estimation", RowKind::MacroRatio, {{}, 0.75}, {{}, 0.55});
    for (const auto& [number, r] : records_.inbetweens) {
      const int clip = clipNumber(r.clip);
      const double bar = summary_.slerpIsTheBar ? r.slerp : r.squad;
      for (SummaryRow* one : {&sampled, &estimated}) one->samples[{Column::Real, Stage::After}].push_back({clip, clip, bar, 1});
      for (const auto& [stage, errors] : {std::pair{Stage::Before, &r.sampledBefore}, std::pair{Stage::After, &r.sampledAfter}}) {
        for (const double e : *errors) sampled.samples[{Column::Plain, stage}].push_back({clip, clip, e / double(errors->size()), 1.0 / double(errors->size())});
      }
      estimated.samples[{Column::Plain, Stage::Before}].push_back({clip, clip, r.estimatedBefore, 1});
      estimated.samples[{Column::Plain, Stage::After}].push_back({clip, clip, r.estimatedAfter, 1});
    }
    for (SummaryRow* one : {&sampled, &estimated}) {
      one->realName = summary_.slerpIsTheBar ? "slerp" : "Hermite and squad";
      one->unit = "cm";
      one->shownTimes = 100;
      one->isConstraint = true;
    }
    replace({sampled, estimated});
  }

  void addKeys() {
    const auto absolute = [&](const char* id, const char* title, double after, double aim, double before, double aimBefore) {
      SummaryRow r = row(id, title, RowKind::Ratio, {{}, after}, {{}, aim});
      for (const Column column : kOurs) {
        r.mustBefore[column] = {{}, before};
        r.aimBefore[column] = {{}, aimBefore};
      }
      r.unit = "cm";
      r.shownTimes = 100;
      r.isRatioToReal = false;
      r.isConstraint = true;
      return r;
    };
    SummaryRow poses = absolute("pose_keys", "pose keys", 0.01, 0.003, 0.06, 0.03);
    SummaryRow targets = absolute("targets", "targets of hands, feet, head", 0.01, 0.003, 0.06, 0.03);
    SummaryRow jerk = row("key_jerk", "jerk within 5 frames of a key over the clip's", RowKind::Ratio, {{}, 1.5}, {{}, 1.5});
    jerk.isRatioToReal = false;
    jerk.isConstraint = true;
    for (const auto& [number, r] : records_.keys) {
      const int clip = clipNumber(r.clip);
      jerk.samples[{Column::Real, Stage::After}].push_back({clip, 0, r.real.jerkNear, r.real.jerkClip});
      for (const auto& [stage, figures] : {std::pair{Stage::Before, &r.before}, std::pair{Stage::After, &r.after}}) {
        for (const KeyFigures& k : *figures) {
          poses.samples[{Column::Plain, stage}].push_back({clip, 0, k.poseMetres, 1});
          targets.samples[{Column::Plain, stage}].push_back({clip, 0, k.targetMetres, 1});
          jerk.samples[{Column::Plain, stage}].push_back({clip, 0, k.jerkNear, k.jerkClip});
        }
      }
    }
    replace({poses, targets, jerk});
  }

  void addPaths() {
    for (const bool drawn : {false, true}) {
      SummaryRow r = row(drawn ? "path_drawn" : "path_captured", drawn ? "drawn paths" : "captured paths", RowKind::Ratio, {{}, 0.05}, {{}, 0.02});
      r.unit = "cm";
      r.shownTimes = 100;
      r.isRatioToReal = false;
      r.isConstraint = true;
      for (const Column column : kOurs) r.mustBefore[column] = {{}, 0.12};
      for (const auto& [number, p] : records_.paths) {
        if (p.isDrawn != drawn) continue;
        const int clip = clipNumber(p.clip);
        for (const double e : p.before) r.samples[{Column::Plain, Stage::Before}].push_back({clip, 0, e, 1});
        for (const double e : p.after) r.samples[{Column::Plain, Stage::After}].push_back({clip, 0, e, 1});
      }
      replace({r});
    }
  }

  void addSensed() {
    const auto fill = [&](SummaryRow& r, const auto& records) {
      r.isRatioToReal = false;
      r.isConstraint = true;
      for (const auto& [number, record] : records) {
        const int clip = clipNumber(record.clip);
        for (const double v : record.before) r.samples[{Column::Plain, Stage::Before}].push_back({clip, 0, v, 1});
        for (const double v : record.after) r.samples[{Column::Plain, Stage::After}].push_back({clip, 0, v, 1});
      }
      replace({r});
    };
    SummaryRow seen = row("view", "17 points seen by a camera to 3D, one look", RowKind::Ratio, {{}, 0.060}, {{}, 0.045});
    seen.unit = "mm";
    seen.shownTimes = 1000;
    fill(seen, records_.views);
    SummaryRow beats = row("beats", "accents on a beat over accents beside it", RowKind::Ratio, {1.3, {}}, {1.8, {}});
    fill(beats, records_.beats);
  }

  void addActions() {
    std::map<std::string, ActionRow> rows;
    std::map<std::pair<std::string, Column>, std::array<double, 2>> sums;
    eachStretch([&](int, const StretchRecord& record, const std::vector<MotionRecord>& motions, Column column, Stage stage) {
      if (stage != Stage::After) return;
      summary_.motions[column] += int(motions.size());
      bool counts = false;
      for (const MotionRecord& m : motions) {
        for (const Verdict& v : m.verdicts) {
          if (v.right < 0) continue;
          counts = true;
          sums[{record.action, column}][0] += v.right;
          sums[{record.action, column}][1] += 1;
        }
      }
      if (counts && column == Column::Real) ++rows[record.action].stretches;
    });
    for (const auto& [key, sum] : sums) {
      ActionRow& r = rows[key.first];
      r.action = key.first;
      r.accuracy[key.second] = sum[0] / sum[1];
    }
    for (auto& [name, r] : rows) {
      if (!r.action.empty()) summary_.actions.push_back(std::move(r));
    }
  }

  void addMBench() {
    std::map<std::pair<Column, Stage>, double> counts;
    eachStretch([&](int, const StretchRecord&, const std::vector<MotionRecord>& motions, Column column, Stage stage) {
      for (const MotionRecord& m : motions) {
        for (std::size_t i = 0; i < m.mbench.size(); ++i) summary_.mbench[{column, stage}][i] += m.mbench[i];
        ++counts[{column, stage}];
      }
    });
    for (auto& [key, values] : summary_.mbench) {
      for (double& v : values) v /= counts[key];
    }
  }

  // Rows are filled as copies, since adding one may move the others.
  void replace(std::initializer_list<SummaryRow> filled) {
    for (const SummaryRow& r : filled) {
      *std::find_if(summary_.rows.begin(), summary_.rows.end(), [&](const SummaryRow& s) { return s.id == r.id; }) = r;
    }
  }

  const EvaluationRecords& records_;
  EvaluationSummary summary_;
  std::map<std::string, int> groups_;
};

double ratioOf(double top, double bottom) {
  if (bottom == 0) return top == 0 ? kNan : std::numeric_limits<double>::infinity();
  return top / bottom;
}

}  // namespace

std::optional<Interval> bootstrapped(int clips, int count, std::uint64_t seed,
                                     const std::function<double(const std::vector<double>&)>& statistic) {
  Interval interval;
  interval.point = statistic(std::vector<double>(std::size_t(clips), 1.0));
  if (!std::isfinite(interval.point) || clips < 1) return std::nullopt;
  std::vector<double> values;
  for (int draw = 0; draw < count; ++draw) {
    CounterRandom random(seed, std::uint64_t(draw));
    std::vector<double> weights(std::size_t(clips), 0.0);
    for (int i = 0; i < clips; ++i) weights[random.below(std::uint64_t(clips))] += 1;
    const double value = statistic(weights);
    if (std::isfinite(value)) values.push_back(value);
  }
  if (values.size() * 2 < std::size_t(count) || values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) { return values[std::size_t(share * double(values.size() - 1) + 0.5)]; };
  interval.low = at(0.025);
  interval.high = at(0.975);
  return interval;
}

double SummaryRow::value(Column column, Stage stage, const std::vector<double>& weights) const {
  const bool isOneStage = column == Column::Real || column == Column::Copy;
  const auto found = samples.find({column, isOneStage ? Stage::After : stage});
  if (found == samples.end()) return kNan;
  const std::vector<RowSample>& list = found->second;
  if (kind == RowKind::Median) {
    std::vector<std::pair<double, double>> sorted;  // value, weight
    double all = 0;
    for (const RowSample& s : list) {
      const double weight = weights[s.clip] * s.bottom;
      if (weight <= 0) continue;
      sorted.emplace_back(s.top, weight);
      all += weight;
    }
    std::sort(sorted.begin(), sorted.end());
    double sum = 0;
    for (const auto& [v, weight] : sorted) {
      sum += weight;
      if (sum >= all / 2) return v;
    }
    return kNan;
  }
  if (kind == RowKind::MacroRatio) {
    std::map<int, std::array<double, 3>> groups;  // top, bottom, weight
    for (const RowSample& s : list) {
      auto& g = groups[s.group];
      g[0] += weights[s.clip] * s.top;
      g[1] += weights[s.clip] * s.bottom;
      g[2] = std::max(g[2], isConstraint ? weights[s.clip] : 1.0);  // groups that are clips count as often as drawn
    }
    double sum = 0, count = 0;
    for (const auto& [group, g] : groups) {
      if (g[1] <= 0) continue;
      sum += g[2] * g[0] / g[1];
      count += g[2];
    }
    return count > 0 ? sum / count : kNan;
  }
  double top = 0, bottom = 0;
  for (const RowSample& s : list) {
    top += weights[s.clip] * s.top;
    bottom += weights[s.clip] * s.bottom;
  }
  if (bottom <= 0) return kNan;
  return kind == RowKind::Geometric ? std::exp(top / bottom) : top / bottom;
}

double SummaryRow::judged(Column column, Stage stage, const std::vector<double>& weights) const {
  const double own = value(column, stage, weights);
  return isRatioToReal ? ratioOf(own, value(Column::Real, Stage::After, weights)) : own;
}

EvaluationSummary summaryOf(const EvaluationRecords& records) { return Summariser(records).take(); }

std::optional<Interval> judgedInterval(const EvaluationSummary& summary, const SummaryRow& row, Column column, Stage stage) {
  if (!row.samples.contains({column, column == Column::Copy || column == Column::Real ? Stage::After : stage})) return std::nullopt;
  return bootstrapped(int(summary.clips.size()), summary.header.bootstraps, summary.header.bootstrapSeed,
                      [&](const std::vector<double>& weights) { return row.judged(column, stage, weights); });
}

bool isMet(const SummaryRow& row, const Bounds& must, const Interval& judged) {
  Bounds wider = must;
  if (wider.low) *wider.low -= row.isRatioToReal ? kSlack : kSlack * *wider.low;
  if (wider.high) *wider.high += row.isRatioToReal ? kSlack : kSlack * *wider.high;
  const bool lowEnd = !must.low || judged.low > *wider.low, highEnd = !must.high || judged.high < *wider.high;
  return must.contains(judged.point) && lowEnd && highEnd;
}

Result<std::vector<Difference>> compareRuns(const EvaluationSummary& first, const EvaluationSummary& second) {
  if (!first.header.isSameQuestion(second.header)) {
    return Error{ErrorCode::InvalidArgument,
                 "The two evaluations cannot be compared: they are of different splits, manifests, evaluators or limits."};
  }
  // The clips of both, in one order.
  std::set<std::string> all(first.clips.begin(), first.clips.end());
  all.insert(second.clips.begin(), second.clips.end());
  const std::vector<std::string> clips(all.begin(), all.end());
  const auto mapped = [&](const EvaluationSummary& summary) {
    std::vector<std::size_t> map;
    for (const std::string& clip : summary.clips) map.push_back(std::size_t(std::lower_bound(clips.begin(), clips.end(), clip) - clips.begin()));
    return map;
  };
  const auto weightsOf = [](const std::vector<std::size_t>& map, const std::vector<double>& weights) {
    std::vector<double> own;
    for (const std::size_t m : map) own.push_back(weights[m]);
    return own;
  };
  const auto mapFirst = mapped(first), mapSecond = mapped(second);
  std::vector<Difference> differences;
  for (const SummaryRow& a : first.rows) {
    const auto b = std::find_if(second.rows.begin(), second.rows.end(), [&](const SummaryRow& r) { return r.id == a.id; });
    if (b == second.rows.end()) continue;
    for (const Column column : {Column::Plain, Column::Referenced}) {
      for (const Stage stage : {Stage::Before, Stage::After}) {
        Difference d{a.id, a.title, column, stage, 0, 0, {}};
        const auto interval = bootstrapped(int(clips.size()), first.header.bootstraps, first.header.bootstrapSeed, [&](const std::vector<double>& weights) {
          return b->judged(column, stage, weightsOf(mapSecond, weights)) - a.judged(column, stage, weightsOf(mapFirst, weights));
        });
        if (!interval) continue;
        d.difference = *interval;
        d.first = a.judged(column, stage, std::vector<double>(first.clips.size(), 1.0));
        d.second = b->judged(column, stage, std::vector<double>(second.clips.size(), 1.0));
        differences.push_back(d);
      }
    }
  }
  return differences;
}

}  // namespace kinescore
