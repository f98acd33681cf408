#include "engine/evaluate/evaluation_summary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/evaluate/evaluation_report.h"
#include "engine/evaluate/report_page.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

MotionRecord recordOf(double skate, double jerk, double novelty, int right, double recall) {
  MotionRecord m;
  m.skate = {skate * 100, 100, 5, 200};
  m.jerk = {jerk, 3 * jerk};
  m.novelty = {novelty, novelty};
  m.mbench = {0.1, 0.2, 0.3, 0.4, 0.5};
  m.verdicts = {{right, recall}, {right, recall}};
  return m;
}

/// Ours slide half as much more and shake twice as much as captures, `right` of ten stretches are named right.
EvaluationRecords madeUp(int right = 6) {
  EvaluationRecords records;
  records.header = {"val", "manifest", "model", "evaluators", "a", "good", "a test", "cpu", 0, 32, 400, 9, 5};
  for (int i = 0; i < 10; ++i) {
    StretchRecord base;
    base.clip = "clip" + std::to_string(i / 2);
    base.action = i % 3 ? "walk" : "sit";
    base.isClean = true;
    base.pools = 3;
    StretchRecord real = base, copy = base, ours = base;
    real.after = {recordOf(2, 100 + i, 0.05, 1, 1)};
    real.diversityAfter = 0.2;
    copy.after = {recordOf(2, 100, 0.0, i % 2, 0.5)};
    ours.before = {recordOf(6, 300 + 3 * i, 0.04, i < right, 0.6), recordOf(6, 300 + 3 * i, 0.04, i < right, 0.6)};
    ours.after = {recordOf(3, 200 + 2 * i, 0.04, i < right, 0.8), recordOf(3, 200 + 2 * i, 0.04, i < right, 0.8)};
    ours.diversityBefore = ours.diversityAfter = 0.1;
    records.stretches[Column::Real][i] = real;
    records.stretches[Column::Copy][i] = copy;
    records.stretches[Column::Plain][i] = ours;
  }
  records.inbetweens[0] = {"clip0", 0.10, 0.12, {0.09, 0.07}, {0.07, 0.05}, 0.06, 0.05};
  records.inbetweens[1] = {"clip1", 0.20, 0.12, {0.16}, {0.12}, 0.11, 0.10};
  records.keys[0] = {"clip0", {{0.05, 0.04, 150, 100}}, {{0.002, 0.001, 120, 100}}, {0, 0, 100, 100}};
  records.paths[0] = {"clip0", false, {0.1}, {0.01, 0.03}};
  records.paths[1] = {"drawn 1", true, {0.2}, {0.06}};
  return records;
}

const SummaryRow& rowOf(const EvaluationSummary& summary, const std::string& id) {
  for (const SummaryRow& row : summary.rows) {
    if (row.id == id) return row;
  }
  ADD_FAILURE() << id;
  return summary.rows.front();
}

TEST(BootstrapTest, IntervalsAreThoseOfTheMean) {
  // 100 clips, half of them 0 and half 1: the mean's deviation is 0.05
  const auto mean = [](const std::vector<double>& w) {
    double top = 0, all = 0;
    for (std::size_t i = 0; i < w.size(); ++i) {
      top += i % 2 ? w[i] : 0;
      all += w[i];
    }
    return top / all;
  };
  const auto interval = bootstrapped(100, 2000, 3, mean);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->point, 0.5);
  EXPECT_NEAR(interval->low, 0.5 - 1.96 * 0.05, 0.015);
  EXPECT_NEAR(interval->high, 0.5 + 1.96 * 0.05, 0.015);
  EXPECT_EQ(bootstrapped(100, 2000, 3, mean)->low, interval->low);
  EXPECT_FALSE(bootstrapped(10, 100, 3, [](const std::vector<double>&) { return NAN; }));
}

TEST(EvaluationSummaryTest, RatiosToCaptures) {
  const EvaluationSummary summary = summaryOf(madeUp());
  EXPECT_EQ(summary.clips.size(), 6u);  // five, and the drawn path
  const std::vector<double> all(summary.clips.size(), 1.0);
  const auto judged = [&](const char* id, Column column, Stage stage) { return rowOf(summary, id).judged(column, stage, all); };
  EXPECT_NEAR(judged("skate", Column::Plain, Stage::After), 1.5, 1e-9);
  EXPECT_NEAR(judged("skate", Column::Plain, Stage::Before), 3, 1e-9);
  EXPECT_NEAR(judged("jerk_mean", Column::Plain, Stage::After), 2, 1e-9);  // paired: exactly twice, caption by caption
  const auto jerk = judgedInterval(summary, rowOf(summary, "jerk_mean"), Column::Plain, Stage::After);
  ASSERT_TRUE(jerk);
  EXPECT_NEAR(jerk->low, 2, 1e-9);
  EXPECT_NEAR(jerk->high, 2, 1e-9);
  EXPECT_NEAR(judged("accuracy", Column::Plain, Stage::After), 0.6, 1e-9);
  // walk: stretches 1, 2, 4, 5, 7, 8 of which 1, 2, 4, 5 are right; sit: 0, 3, 6, 9 of which 0, 3
  EXPECT_NEAR(judged("accuracy_macro", Column::Plain, Stage::After), (4.0 / 6 + 2.0 / 4) / 2, 1e-9);
  EXPECT_NEAR(judged("r_at_3", Column::Plain, Stage::After), 0.8, 1e-9);
  EXPECT_NEAR(judged("novelty", Column::Plain, Stage::After), 0.8, 1e-9);
  EXPECT_TRUE(std::isnan(judged("remembered", Column::Plain, Stage::After)));  // neither has any
  EXPECT_TRUE(std::isinf(judged("remembered", Column::Copy, Stage::After)));
  EXPECT_NEAR(judged("diversity", Column::Plain, Stage::After), 0.5, 1e-9);
  EXPECT_TRUE(std::isnan(judged("accuracy", Column::Referenced, Stage::After)));
  EXPECT_NEAR(*rowOf(summary, "accuracy").chance, 0.2, 1e-9);
  EXPECT_NEAR(*rowOf(summary, "r_at_3").chance, 3.0 / 32, 1e-9);
  EXPECT_EQ(summary.actions.size(), 2u);
  EXPECT_EQ(summary.motions.at(Column::Plain), 20);
}

TEST(EvaluationSummaryTest, ConstraintsAgainstTheirBars) {
  const EvaluationSummary summary = summaryOf(madeUp());
  EXPECT_FALSE(summary.slerpIsTheBar);  // 0.15 against 0.12
  const std::vector<double> all(summary.clips.size(), 1.0);
  const auto judged = [&](const char* id, Stage stage) { return rowOf(summary, id).judged(Column::Plain, stage, all); };
  EXPECT_NEAR(judged("in_between", Stage::After), (0.06 + 0.12) / 2 / 0.12, 1e-9);
  EXPECT_NEAR(judged("in_between_estimate", Stage::Before), (0.06 + 0.11) / 2 / 0.12, 1e-9);
  EXPECT_NEAR(judged("pose_keys", Stage::After), 0.002, 1e-12);
  EXPECT_NEAR(judged("targets", Stage::Before), 0.04, 1e-12);
  EXPECT_NEAR(judged("key_jerk", Stage::After), 1.2, 1e-9);
  EXPECT_NEAR(judged("path_captured", Stage::After), 0.02, 1e-9);
  EXPECT_NEAR(judged("path_drawn", Stage::After), 0.06, 1e-9);
}

TEST(EvaluationSummaryTest, MetAsksForThePointAndForTheWorseEnd) {
  SummaryRow ratio;
  const Bounds least{0.8, {}}, range{0.75, 1.3}, most{{}, 0.01};
  EXPECT_TRUE(isMet(ratio, least, {0.85, 0.71, 1.0}));
  EXPECT_FALSE(isMet(ratio, least, {0.85, 0.69, 1.0}));   // not sure enough
  EXPECT_FALSE(isMet(ratio, least, {0.79, 0.78, 0.80}));  // sure, and short of it
  EXPECT_TRUE(isMet(ratio, range, {1.25, 1.1, 1.39}));
  EXPECT_FALSE(isMet(ratio, range, {1.25, 1.1, 1.41}));
  SummaryRow metres;
  metres.isRatioToReal = false;
  EXPECT_TRUE(isMet(metres, most, {0.009, 0.008, 0.0105}));
  EXPECT_FALSE(isMet(metres, most, {0.009, 0.008, 0.0115}));
}

TEST(EvaluationSummaryTest, TwoRunsAreComparedClipByClip) {
  const EvaluationSummary a = summaryOf(madeUp(6)), b = summaryOf(madeUp(8));
  const auto same = compareRuns(a, a);
  ASSERT_TRUE(same);
  ASSERT_FALSE(same->empty());
  for (const Difference& d : *same) {
    EXPECT_EQ(d.difference.low, 0) << d.id;
    EXPECT_EQ(d.difference.high, 0) << d.id;
  }
  const auto better = compareRuns(a, b);
  ASSERT_TRUE(better);
  const auto accuracy = std::find_if(better->begin(), better->end(), [](const Difference& d) { return d.id == "accuracy" && d.stage == Stage::After; });
  ASSERT_NE(accuracy, better->end());
  EXPECT_NEAR(accuracy->difference.point, 0.2, 1e-9);
  EXPECT_NEAR(accuracy->first, 0.6, 1e-9);
  EXPECT_GE(accuracy->difference.low, 0);
  EvaluationRecords other = madeUp();
  other.header.split = "test";
  EXPECT_FALSE(compareRuns(a, summaryOf(other)));

  TemporaryFolder folder;
  ASSERT_TRUE(writeComparison(a.header, b.header, *better, folder / "c"));
  EXPECT_NE(bytesOf(folder / "c/comparison.md").find("action named right"), std::string::npos);
}

TEST(EvaluationReportTest, WhatWasSeenIsNotCalledMissing) {
  EvaluationRecords records = madeUp();
  ViewRecord seen;
  seen.clip = "clip0";
  seen.before = {0.08};
  seen.after = {0.07};
  records.views[0] = seen;
  TemporaryFolder folder;
  ASSERT_TRUE(writeEvaluationReport(summaryOf(records), {}, folder / "r"));
  const std::string text = bytesOf(folder / "r/report.md");
  EXPECT_EQ(text.find("are not measured"), std::string::npos);
  EXPECT_NE(text.find("17 points seen by a camera"), std::string::npos);
}

TEST(EvaluationReportTest, TellsWhatIsThereAndWhatIsNot) {
  TemporaryFolder folder;
  Motion still;
  for (int f = 0; f < 30; ++f) still.appendPose(restPose(*still.skeleton));
  ASSERT_TRUE(writeEvaluationReport(summaryOf(madeUp()), {{"clip0", "walk <forward>", still, still}}, folder / "r"));
  const std::string text = bytesOf(folder / "r/report.md"), page = bytesOf(folder / "r/report.html");
  for (const char* word : {"foot skate", "Before the solver", "After the solver", "copy-nearest", "ours, no retrieval", "in-between", "drawn paths", "R@3",
                           "Hermite and squad", "Jitter_Degree", "2D → 3D and beats are not measured", "plots/skate.png", "sheet-1.png"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
    EXPECT_NE(page.find(word), std::string::npos) << word;
  }
  EXPECT_EQ(text.find("ours, retrieval |"), std::string::npos);  // nobody measured it
  EXPECT_NE(page.find("walk &lt;forward&gt;"), std::string::npos);
  EXPECT_EQ(page.find("walk <forward>"), std::string::npos);
  EXPECT_EQ(bytesOf(folder / "r/plots/skate.png").substr(1, 3), "PNG");
  EXPECT_EQ(bytesOf(folder / "r/sheet-1.png").substr(1, 3), "PNG");
  EXPECT_EQ(text.find("for one final report"), std::string::npos);
  EvaluationRecords last = madeUp();
  last.header.split = "test";
  ASSERT_TRUE(writeEvaluationReport(summaryOf(last), {}, folder / "t"));
  EXPECT_NE(bytesOf(folder / "t/report.md").find("for one final report"), std::string::npos);
}

}  // namespace
}  // namespace kinescore
