// Headings, paragraphs, tables and pictures, written once and put out as Markdown and as a page.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

class ReportPage {
 public:
  void heading(std::string text);
  void paragraph(std::string text);
  /// The first row names the columns. A cell that begins with "png:" is a picture's path, from the page.
  void table(std::vector<std::vector<std::string>> rows);
  void picture(std::string path, std::string caption);

  [[nodiscard]] std::string markdown() const;
  [[nodiscard]] std::string html() const;
  /// `name`.md and `name`.html.
  [[nodiscard]] Status save(const std::filesystem::path& folder, const std::string& name) const;

 private:
  enum class Kind { Heading, Paragraph, Table, Picture };
  struct Block {
    Kind kind;
    std::string text, path;
    std::vector<std::vector<std::string>> rows;
  };
  std::vector<Block> blocks_;
};

}  // namespace kinescore
