#include "engine/library/manifest.h"

#include <algorithm>
#include <cmath>

#include "engine/io/text_scanner.h"

namespace kinescore {

namespace {

/// Columns by name, so that their order does not matter.
class Table {
 public:
  explicit Table(std::string_view text) : rows_(parseCsv(text)) {
    if (rows_.empty()) return;
    for (std::size_t i = 0; i < rows_.front().size(); ++i) columns_[rows_.front()[i]] = i;
  }
  [[nodiscard]] bool has(const std::string& column) const { return columns_.contains(column); }
  [[nodiscard]] std::size_t rowCount() const { return rows_.empty() ? 0 : rows_.size() - 1; }
  [[nodiscard]] std::string field(std::size_t row, const std::string& column) const {
    const auto it = columns_.find(column);
    const auto& fields = rows_[row + 1];
    return it == columns_.end() || it->second >= fields.size() ? std::string() : fields[it->second];
  }
  [[nodiscard]] double number(std::size_t row, const std::string& column) const {
    return parseNumber(field(row, column)).value_or(NAN);
  }

 private:
  std::vector<std::vector<std::string>> rows_;
  std::map<std::string, std::size_t> columns_;
};

Error badRow(const std::string& file, std::size_t row, const std::string& what) {
  return {ErrorCode::BadInput, file + ", row " + std::to_string(row + 2) + ": " + what};
}

}  // namespace

bool ManifestRow::hasFlag(std::string_view name) const {
  for (const std::string& flag : flags) {
    if (std::string_view(flag).substr(0, flag.find('(')) == name) return true;
  }
  return false;
}

std::vector<std::vector<std::string>> parseCsv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string field;
  bool quoted = false;
  const auto endRow = [&] {
    row.push_back(std::move(field));
    field.clear();
    if (row.size() > 1 || !row.front().empty()) rows.push_back(std::move(row));
    row.clear();
  };
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      endRow();
    } else if (c != '\r') {
      field += c;
    }
  }
  if (!field.empty() || !row.empty()) endRow();
  return rows;
}

Result<std::vector<ManifestRow>> parseManifest(std::string_view text) {
  const Table table(text);
  for (const char* column : {"id", "file", "format", "fps", "floor_y_m", "metres_per_unit"}) {
    if (!table.has(column)) {
      return Error{ErrorCode::BadInput, std::string("manifest.csv lacks the column “") + column + "”."};
    }
  }
  std::vector<ManifestRow> rows;
  for (std::size_t r = 0; r < table.rowCount(); ++r) {
    ManifestRow row;
    row.id = table.field(r, "id");
    row.file = table.field(r, "file");
    row.format = table.field(r, "format");
    row.clip = table.field(r, "clip");
    row.source = table.field(r, "source");
    row.subject = table.field(r, "subject");
    row.trial = table.field(r, "trial");
    row.description = table.field(r, "description");
    row.category = table.field(r, "category");
    row.split = table.field(r, "split");
    row.fps = table.number(r, "fps");
    row.floorHeight = table.number(r, "floor_y_m");
    row.metresPerUnit = table.number(r, "metres_per_unit");
    if (row.id.empty() || row.file.empty()) return badRow("manifest.csv", r, "id and file must not be empty.");
    if (!(row.fps > 0 && row.fps <= 1000) || !(std::abs(row.floorHeight) < 100) ||
        !(row.metresPerUnit > 0 && row.metresPerUnit < 100)) {
      return badRow("manifest.csv", r, "fps, floor_y_m and metres_per_unit must be sensible numbers.");
    }
    const std::string flags = table.field(r, "flags");
    for (std::size_t start = 0; start < flags.size();) {
      const std::size_t end = std::min(flags.find(';', start), flags.size());
      if (end > start) row.flags.push_back(flags.substr(start, end - start));
      start = end + 1;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::map<std::string, std::vector<CaptionRow>>> parseCaptions(std::string_view text) {
  const Table table(text);
  for (const char* column : {"id", "start_s", "end_s", "action", "text_a", "text_b", "text_c"}) {
    if (!table.has(column)) {
      return Error{ErrorCode::BadInput, std::string("captions.csv lacks the column “") + column + "”."};
    }
  }
  std::map<std::string, std::vector<CaptionRow>> captions;
  for (std::size_t r = 0; r < table.rowCount(); ++r) {
    CaptionRow row;
    row.startSeconds = table.number(r, "start_s");
    row.endSeconds = table.number(r, "end_s");
    row.action = table.field(r, "action");
    row.textA = table.field(r, "text_a");
    row.textB = table.field(r, "text_b");
    row.textC = table.field(r, "text_c");
    if (!(row.startSeconds >= 0) || !(row.endSeconds > row.startSeconds) || row.endSeconds > 1e6) {
      return badRow("captions.csv", r, "start_s and end_s must be times, one after the other.");
    }
    captions[table.field(r, "id")].push_back(std::move(row));
  }
  return captions;
}

}  // namespace kinescore
