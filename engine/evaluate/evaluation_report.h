// An evaluation to read: the tables in Markdown and as a page, a plot a row, contact sheets.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/core/result.h"
#include "engine/evaluate/evaluation_run.h"
#include "engine/evaluate/evaluation_summary.h"

namespace kinescore {

/// report.md, report.html, plots/*.png and sheet-*.png into a folder, made when missing. `sheet` may be empty.
[[nodiscard]] Status writeEvaluationReport(const EvaluationSummary& summary, const std::vector<SheetRow>& sheet,
                                           const std::filesystem::path& folder);

/// comparison.md and comparison.html.
[[nodiscard]] Status writeComparison(const EvaluationHeader& first, const EvaluationHeader& second,
                                     const std::vector<Difference>& differences, const std::filesystem::path& folder);

}  // namespace kinescore
