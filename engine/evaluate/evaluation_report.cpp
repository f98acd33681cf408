#include "engine/evaluate/evaluation_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/core/files.h"
#include "engine/evaluate/mbench.h"
#include "engine/evaluate/report_page.h"
#include "engine/train/contact_sheet.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr int kStripWidth = 320, kLaneHeight = 12;
constexpr double kStripOctaves = 2;  // to both sides of 1
constexpr std::size_t kRowsOfSheet = 6;

template <class... Values>
std::string printed(const char* format, Values... values) {
  const int length = std::snprintf(nullptr, 0, format, values...);
  std::string text(std::size_t(std::max(length, 0)), '\0');
  std::snprintf(text.data(), text.size() + 1, format, values...);
  return text;
}

// As many digits as say something.
std::string number(double value) {
  if (!std::isfinite(value)) return value > 0 ? "∞" : "–";
  const double size = std::abs(value);
  return printed(size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f", value);
}

std::string boundsText(const SummaryRow& row, const Bounds& bounds) {
  const double times = row.isRatioToReal ? 1 : row.shownTimes;
  const std::string unit = row.isRatioToReal || row.unit.empty() ? "" : " " + row.unit;
  if (bounds.low && bounds.high) return number(*bounds.low * times) + "–" + number(*bounds.high * times) + unit;
  if (bounds.low) return "≥ " + number(*bounds.low * times) + unit;
  if (bounds.high) return "≤ " + number(*bounds.high * times) + unit;
  return "";
}

struct Shown {
  std::string cell;
  std::optional<Interval> judged;
};

// A figure, what it is to the captures', and how sure.
Shown shown(const EvaluationSummary& summary, const SummaryRow& row, Column column, Stage stage) {
  const std::vector<double> all(summary.clips.size(), 1.0);
  const double value = row.value(column, stage, all);
  if (std::isnan(value)) return {"–", {}};
  std::string cell = number(value * row.shownTimes);
  if (column == Column::Real) return {cell, {}};
  const auto judged = judgedInterval(summary, row, column, stage);
  if (!judged) return {cell, {}};
  const double times = row.isRatioToReal ? 1 : row.shownTimes;
  const std::string interval = "[" + number(judged->low * times) + ", " + number(judged->high * times) + "]";
  cell += row.isRatioToReal ? " (" + printed("%.2f ×", judged->point) + " " + interval + ")" : " " + interval;
  return {cell, judged};
}

void fill(Picture& picture, double x0, double x1, int y0, int y1, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  for (int y = y0; y < y1; y += 2) picture.line(x0, y, x1, y, r, g, b);
}

// The bounds as bands around 1 (a figure with a unit: over what it must be), a lane for each column.
std::string stripOf(const SummaryRow& row, const std::map<Column, std::optional<Interval>>& judged) {
  Picture picture(kStripWidth, 4 + 3 * kLaneHeight, 255);
  const auto x = [](double ratio) {
    const double octaves = std::clamp(std::log2(std::max(ratio, 1e-6)), -kStripOctaves, kStripOctaves);
    return (octaves + kStripOctaves) / (2 * kStripOctaves) * (kStripWidth - 6) + 3;
  };
  const Bounds must = row.must.at(Column::Plain), aim = row.aim.at(Column::Plain);
  const double unit = row.isRatioToReal || !must.high ? 1 : *must.high;
  for (const auto& [bounds, shade] : {std::pair{must, 232}, std::pair{aim, 205}}) {
    const double low = bounds.low ? x(*bounds.low / unit) : 0, high = bounds.high ? x(*bounds.high / unit) : kStripWidth;
    fill(picture, low, high, 0, picture.height, std::uint8_t(shade - 20), std::uint8_t(std::min(255, shade + 15)), std::uint8_t(shade - 20));
  }
  picture.line(x(1), 0, x(1), picture.height, 90, 90, 90);
  int lane = 0;
  for (const auto& [column, r, g, b] : {std::tuple{Column::Copy, 130, 130, 130}, std::tuple{Column::Plain, 40, 90, 200}, std::tuple{Column::Referenced, 210, 110, 20}}) {
    const int y = 2 + kLaneHeight * lane++ + kLaneHeight / 2;
    const auto found = judged.find(column);
    if (found == judged.end() || !found->second) continue;
    const Interval& i = *found->second;
    const auto red = std::uint8_t(r), green = std::uint8_t(g), blue = std::uint8_t(b);
    picture.line(x(i.low / unit), y, x(i.high / unit), y, red, green, blue);
    fill(picture, x(i.point / unit) - 3, x(i.point / unit) + 3, y - 3, y + 4, red, green, blue);
  }
  return pngFromPicture(picture);
}

class Writer {
 public:
  Writer(const EvaluationSummary& summary, const std::vector<SheetRow>& sheet, const fs::path& folder)
      : s_(summary), sheet_(sheet), folder_(folder) {
    for (const Column column : {Column::Copy, Column::Plain, Column::Referenced}) {
      if (s_.motions.contains(column)) columns_.push_back(column);
    }
  }

  Status write() {
    std::error_code failed;
    fs::create_directories(folder_ / "plots", failed);
    if (failed) return Error{ErrorCode::IoFailed, "The folder “" + folder_.string() + "” could not be made: " + failed.message() + "."};
    introduce();
    if (Status done = textTable(Stage::After); !done) return done;
    if (Status done = textTable(Stage::Before); !done) return done;
    if (Status done = constraintTable(); !done) return done;
    actionTable();
    mbenchTable();
    if (Status done = sheets(); !done) return done;
    return page_.save(folder_, "report");
  }

 private:
  void introduce() {
    const EvaluationHeader& h = s_.header;
    page_.heading("Evaluation on " + h.split + (h.limit > 0 ? printed(", %d of each kind only", h.limit) : ""));
    if (h.split != "val") page_.paragraph("These clips are for one final report. A model, a setting or a weight that is chosen by looking at this page is not measured by it any more.");
    const auto real = s_.motions.find(Column::Real);
    page_.paragraph(printed("%d stretches, %zu clips and drawn paths in all; weights %.12s, quality %s, guidance %.2g, %d beginnings, %s (%s); evaluators %s (%.12s), manifest %.12s.",
                            real == s_.motions.end() ? 0 : real->second, s_.clips.size(), h.modelHash.c_str(), h.quality.c_str(), h.guidance, h.beginnings,
                            h.deviceName.c_str(), h.precisionPath.c_str(), h.evaluatorSet == "b" ? "B" : "A", h.evaluatorHash.c_str(), h.manifestHash.c_str()));
    page_.paragraph(printed("In brackets: the ratio to captures of the same stretches, and its 95 %% interval over %d draws of clips (paired). Met: the point lies within what must be, and "
                            "the worse end of the interval within 0.10 beyond it. Plots: a factor of four to both sides of 1 (of what must be, for figures in cm); light: must, dark: aim; "
                            "grey: copy of the nearest train stretch, blue: ours without retrieval, orange: with it.", h.bootstraps));
    if (!s_.motions.contains(Column::Referenced)) page_.paragraph("The column “ours, retrieval” is missing: this model was run without an index of references.");
    const auto isMeasured = [&](const char* id) {
      return std::any_of(s_.rows.begin(), s_.rows.end(), [&](const SummaryRow& row) { return row.id == id && !row.samples.empty(); });
    };
    if (!isMeasured("view") && !isMeasured("beats")) page_.paragraph("2D → 3D and beats are not measured: they were left out, or the network takes neither key points nor sound.");
  }

  [[nodiscard]] static const char* titleOf(Column column) {
    switch (column) {
      case Column::Copy: return "copy-nearest";
      case Column::Plain: return "ours, no retrieval";
      case Column::Referenced: return "ours, retrieval";
      case Column::Real: return "captured";
    }
    return "";
  }

  static std::string titleOf(const SummaryRow& row) { return row.unit.empty() ? row.title : row.title + ", " + row.unit; }

  Status textTable(Stage stage) {
    page_.heading(stage == Stage::After ? "After the solver" : "Before the solver");
    std::vector<std::vector<std::string>> rows{{"", "chance"}};
    for (const Column column : columns_) rows[0].push_back(titleOf(column));
    for (const char* name : {"captured", "must", "aim", "met", "plot"}) rows[0].push_back(name);
    for (const SummaryRow& row : s_.rows) {
      if (row.isConstraint) continue;
      std::vector<std::string> cells{titleOf(row), row.chance ? number(*row.chance * row.shownTimes) : "–"};
      std::map<Column, std::optional<Interval>> judged;
      std::string met;
      for (const Column column : columns_) {
        const Shown one = shown(s_, row, column, stage);
        cells.push_back(one.cell);
        judged[column] = one.judged;
        if (column != Column::Copy && one.judged) met += (met.empty() ? "" : ", ") + std::string(isMet(row, row.must.at(column), *one.judged) ? "yes" : "no");
      }
      cells.push_back(shown(s_, row, Column::Real, stage).cell);
      std::string must = boundsText(row, row.must.at(Column::Plain)), aim = boundsText(row, row.aim.at(Column::Plain));
      if (row.id == "r_at_3") {  // the one row that asks more of retrieval
        must += "; " + boundsText(row, row.must.at(Column::Referenced));
        aim += "; " + boundsText(row, row.aim.at(Column::Referenced));
      }
      cells.insert(cells.end(), {must, aim, met.empty() ? "–" : met});
      const std::string plot = "plots/" + row.id + (stage == Stage::After ? "" : "-before") + ".png";
      if (Status saved = saveFileSafely(folder_ / plot, stripOf(row, judged)); !saved) return saved;
      cells.push_back("png:" + plot);
      rows.push_back(std::move(cells));
    }
    page_.table(std::move(rows));
    return {};
  }

  Status constraintTable() {
    page_.heading("Keys, paths, in-betweens (no retrieval)");
    std::vector<std::vector<std::string>> rows{{"", "before the solver", "after it", "bar", "must", "aim", "must before", "met", "plot"}};
    for (const SummaryRow& row : s_.rows) {
      if (!row.isConstraint || !row.samples.contains({Column::Plain, Stage::After})) continue;
      const Shown before = shown(s_, row, Column::Plain, Stage::Before), after = shown(s_, row, Column::Plain, Stage::After);
      std::string bar = shown(s_, row, Column::Real, Stage::After).cell;
      if (bar != "–") bar += " (" + (row.realName.empty() ? "captured" : row.realName) + ")";
      std::string met = after.judged ? (isMet(row, row.must.at(Column::Plain), *after.judged) ? "yes" : "no") : "–";
      const auto early = row.mustBefore.find(Column::Plain);
      if (early != row.mustBefore.end() && before.judged) met += isMet(row, early->second, *before.judged) ? ", before: yes" : ", before: no";
      const std::string plot = "plots/" + row.id + ".png";
      if (Status saved = saveFileSafely(folder_ / plot, stripOf(row, {{Column::Copy, before.judged}, {Column::Plain, after.judged}})); !saved) return saved;
      rows.push_back({titleOf(row), before.cell, after.cell, bar, boundsText(row, row.must.at(Column::Plain)), boundsText(row, row.aim.at(Column::Plain)),
                      early == row.mustBefore.end() ? "" : boundsText(row, early->second), met, "png:" + plot});
    }
    page_.table(std::move(rows));
    page_.paragraph(std::string("Grey: before the solver, blue: after it. In-betweens are judged against the better interpolation, here ") +
                    (s_.slerpIsTheBar ? "slerp with a straight root" : "squad with a Hermite root") + ", every clip alike.");
    return {};
  }

  void actionTable() {
    page_.heading("Actions named right, after the solver");
    std::vector<std::vector<std::string>> rows{{"action", "stretches"}};
    std::vector<Column> columns = columns_;
    columns.push_back(Column::Real);
    for (const Column column : columns) rows[0].push_back(titleOf(column));
    for (const ActionRow& action : s_.actions) {
      std::vector<std::string> cells{action.action, std::to_string(action.stretches)};
      for (const Column column : columns) {
        const auto found = action.accuracy.find(column);
        cells.push_back(found == action.accuracy.end() ? "–" : printed("%.2f", found->second));
      }
      rows.push_back(std::move(cells));
    }
    page_.table(std::move(rows));
  }

  void mbenchTable() {
    page_.heading("MBench's kinematic metrics");
    std::vector<std::vector<std::string>> rows{{""}};
    for (const std::string_view name : kMBenchNames) rows[0].emplace_back(name);
    for (const auto& [key, values] : s_.mbench) {
      const bool performs = key.first == Column::Plain || key.first == Column::Referenced;
      std::vector<std::string> cells{std::string(titleOf(key.first)) + (!performs ? "" : key.second == Stage::Before ? ", before the solver" : ", after it")};
      for (const double v : values) cells.push_back(printed("%.4f", v));
      rows.push_back(std::move(cells));
    }
    page_.table(std::move(rows));
  }

  Status sheets() {
    if (sheet_.empty()) return {};
    page_.heading("Captured and performed, a row each");
    for (std::size_t first = 0; first < sheet_.size(); first += kRowsOfSheet) {
      std::vector<Motion> motions;
      std::string caption;
      for (std::size_t i = first; i < std::min(sheet_.size(), first + kRowsOfSheet); ++i) {
        motions.push_back(sheet_[i].real);
        motions.push_back(sheet_[i].ours);
        caption += (caption.empty() ? "" : "; ") + sheet_[i].text + " (" + sheet_[i].clip + ")";
      }
      const std::string name = printed("sheet-%zu.png", first / kRowsOfSheet + 1);
      if (Status saved = saveFileSafely(folder_ / name, pngFromPicture(contactSheet(motions))); !saved) return saved;
      page_.picture(name, caption);
    }
    return {};
  }

  const EvaluationSummary& s_;
  const std::vector<SheetRow>& sheet_;
  const fs::path& folder_;
  std::vector<Column> columns_;
  ReportPage page_;
};

}  // namespace

Status writeEvaluationReport(const EvaluationSummary& summary, const std::vector<SheetRow>& sheet, const fs::path& folder) {
  return Writer(summary, sheet, folder).write();
}

Status writeComparison(const EvaluationHeader& first, const EvaluationHeader& second, const std::vector<Difference>& differences,
                       const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return Error{ErrorCode::IoFailed, "The folder “" + folder.string() + "” could not be made: " + failed.message() + "."};
  ReportPage page;
  page.heading("Two evaluations on " + first.split);
  page.paragraph(printed("First: weights %.12s, quality %s. Second: weights %.12s, quality %s. Ratios to captures; figures of keys and paths in metres. "
                         "The difference is the second less the first, with its 95 %% interval over %d draws of clips, the same for both.",
                         first.modelHash.c_str(), first.quality.c_str(), second.modelHash.c_str(), second.quality.c_str(), first.bootstraps));
  std::vector<std::vector<std::string>> rows{{"", "retrieval", "solver", "first", "second", "difference", "certain"}};
  for (const Difference& d : differences) {
    const bool isCertain = d.difference.low > 0 || d.difference.high < 0;
    rows.push_back({d.title, d.column == Column::Referenced ? "on" : "off", d.stage == Stage::Before ? "before" : "after", number(d.first), number(d.second),
                    printed("%+.3f [%+.3f, %+.3f]", d.difference.point, d.difference.low, d.difference.high), isCertain ? "yes" : "no"});
  }
  page.table(std::move(rows));
  return page.save(folder, "comparison");
}

}  // namespace kinescore
