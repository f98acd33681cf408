#include "engine/evaluate/report_page.h"

#include "engine/core/files.h"

namespace kinescore {
namespace {

constexpr std::string_view kPicture = "png:";

bool isPicture(const std::string& cell) { return cell.starts_with(kPicture); }

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else if (c == '"') out += "&quot;";
    else out += c;
  }
  return out;
}

// A bar would end the cell.
std::string cellText(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

constexpr const char* kStyle =
    "body{font:15px/1.5 sans-serif;max-width:1200px;margin:2em auto;padding:0 1em;color:#222}"
    "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.25em .6em;text-align:left}"
    "th{background:#f3f3f3}img{max-width:100%}";

}  // namespace

void ReportPage::heading(std::string text) { blocks_.push_back({Kind::Heading, std::move(text), {}, {}}); }
void ReportPage::paragraph(std::string text) { blocks_.push_back({Kind::Paragraph, std::move(text), {}, {}}); }
void ReportPage::table(std::vector<std::vector<std::string>> rows) { blocks_.push_back({Kind::Table, {}, {}, std::move(rows)}); }
void ReportPage::picture(std::string path, std::string caption) {
  blocks_.push_back({Kind::Picture, std::move(caption), std::move(path), {}});
}

std::string ReportPage::markdown() const {
  std::string out;
  bool isFirst = true;
  for (const Block& block : blocks_) {
    if (!isFirst) out += "\n";
    switch (block.kind) {
      case Kind::Heading: out += (isFirst ? "# " : "## ") + block.text + "\n"; break;
      case Kind::Paragraph: out += block.text + "\n"; break;
      case Kind::Picture: out += "![" + block.text + "](" + block.path + ")\n"; break;
      case Kind::Table:
        for (std::size_t r = 0; r < block.rows.size(); ++r) {
          for (const std::string& cell : block.rows[r]) {
            out += "| " + (isPicture(cell) ? "![](" + cell.substr(kPicture.size()) + ")" : cellText(cell)) + " ";
          }
          out += "|\n";
          if (r > 0) continue;
          for (std::size_t c = 0; c < block.rows[r].size(); ++c) out += "|---";
          out += "|\n";
        }
        break;
    }
    isFirst = false;
  }
  return out;
}

std::string ReportPage::html() const {
  std::string title, body;
  for (const Block& block : blocks_) {
    switch (block.kind) {
      case Kind::Heading: {
        const std::string tag = title.empty() ? "h1" : "h2";
        if (title.empty()) title = block.text;
        body += "<" + tag + ">" + escaped(block.text) + "</" + tag + ">\n";
        break;
      }
      case Kind::Paragraph: body += "<p>" + escaped(block.text) + "</p>\n"; break;
      case Kind::Picture:
        body += "<p><img src=\"" + escaped(block.path) + "\" alt=\"" + escaped(block.text) + "\"><br>" + escaped(block.text) + "</p>\n";
        break;
      case Kind::Table:
        body += "<table>\n";
        for (std::size_t r = 0; r < block.rows.size(); ++r) {
          body += "<tr>";
          const std::string tag = r == 0 ? "th" : "td";
          for (const std::string& cell : block.rows[r]) {
            const std::string inside = isPicture(cell) ? "<img src=\"" + escaped(cell.substr(kPicture.size())) + "\" alt=\"\">" : escaped(cell);
            body += "<" + tag + ">" + inside + "</" + tag + ">";
          }
          body += "</tr>\n";
        }
        body += "</table>\n";
        break;
    }
  }
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(title) + "</title><style>" + kStyle +
         "</style></head><body>\n" + body + "</body></html>\n";
}

Status ReportPage::save(const std::filesystem::path& folder, const std::string& name) const {
  if (Status saved = saveFileSafely(folder / (name + ".md"), markdown()); !saved) return saved;
  return saveFileSafely(folder / (name + ".html"), html());
}

}  // namespace kinescore
