#include "engine/request/take_json.h"

#include <array>
#include <cmath>

#include "engine/storage/json.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace {

using nlohmann::json;

struct Figure {
  const char* name;
  double TakeReport::*member;
};
constexpr std::array<Figure, 7> kFigures = {{{"keyErrorMeanMeters", &TakeReport::keyErrorMeanMeters},
                                             {"keyErrorWorstMeters", &TakeReport::keyErrorWorstMeters},
                                             {"keyErrorBeforeMeters", &TakeReport::keyErrorBeforeMeters},
                                             {"pathErrorMeanMeters", &TakeReport::pathErrorMeanMeters},
                                             {"footSkateBefore", &TakeReport::footSkateBefore},
                                             {"footSkateAfter", &TakeReport::footSkateAfter},
                                             {"nearestClipMeters", &TakeReport::nearestClipMeters}}};

json toJson(const ShownReference& r) {
  return {{"prompt", r.prompt}, {"clip", r.clipId}, {"part", kinescore::toJson(r.part)}, {"mirror", r.mirror}, {"pinned", r.pinned}};
}

Status readReferences(const json& list, std::vector<ShownReference>& references) {
  if (!list.is_array()) return Error{ErrorCode::BadInput, "The references in the report of a take are no list."};
  for (const json& item : list) {
    ShownReference reference;
    FieldReader fields(item, "a reference in the report");
    fields.read("prompt", reference.prompt);
    fields.require("clip", reference.clipId);
    fields.read("part", reference.part);
    fields.read("mirror", reference.mirror);
    fields.read("pinned", reference.pinned);
    if (!fields.status()) return fields.status();
    references.push_back(std::move(reference));
  }
  return {};
}

}  // namespace

std::string writeReport(const TakeReport& report) {
  json lines = json::array();
  for (const ReportLine& line : report.lines) {
    json item = {{"isNote", line.isNote}, {"sentence", line.sentence}, {"detail", line.detail}};
    if (line.engineFrame) item["engineFrame"] = *line.engineFrame;
    lines.push_back(std::move(item));
  }
  json object = {{"lines", std::move(lines)}, {"nearestClip", report.nearestClipId}};
  for (const Figure& figure : kFigures) {
    const double value = report.*figure.member;
    if (std::isfinite(value)) object[figure.name] = value;  // JSON knows no other numbers
  }
  // Only when there are any, so that reports of before keep their text.
  for (const ShownReference& reference : report.references) object["references"].push_back(toJson(reference));
  return toText(object);
}

Result<TakeReport> readReport(std::string_view text) {
  const Result<json> parsed = parseJson(text, "report of a take");
  if (!parsed) return parsed.error();
  TakeReport report;
  FieldReader fields(*parsed, "the report of a take");
  fields.read("nearestClip", report.nearestClipId);
  for (const Figure& figure : kFigures) fields.read(figure.name, report.*figure.member);
  if (const json* lines = fields.find("lines"); lines != nullptr && lines->is_array()) {
    for (const json& item : *lines) {
      ReportLine line;
      FieldReader lineFields(item, "a line of the report");
      lineFields.read("isNote", line.isNote);
      lineFields.read("sentence", line.sentence);
      lineFields.read("detail", line.detail);
      lineFields.read("engineFrame", line.engineFrame);
      if (!lineFields.status()) return lineFields.status().error();
      report.lines.push_back(std::move(line));
    }
  }
  if (const json* references = fields.find("references")) {
    if (Status read = readReferences(*references, report.references); !read) return read.error();
  }
  if (!fields.status()) return fields.status().error();
  return report;
}

}  // namespace kinescore
