// The course of a training run, kept as lines of a CSV file and drawn as a picture.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "engine/core/result.h"
#include "engine/train/contact_sheet.h"

namespace kinescore {

class LossRecord {
 public:
  /// Goes on with what the file holds; a file that is missing starts empty.
  explicit LossRecord(std::filesystem::path file);

  void add(std::int64_t step, double loss, double featureLoss);
  void addValidation(std::int64_t step, double featureLoss);
  [[nodiscard]] Status save() const;
  /// Loss (grey), its x0 part (blue) and validation (red) over the steps; logarithmic, a line per factor 2.
  [[nodiscard]] Picture picture() const;

 private:
  struct Line {
    std::int64_t step;
    double loss, featureLoss, validation;  // 0: not measured at this step
  };
  std::filesystem::path file_;
  std::vector<Line> lines_;
};

}  // namespace kinescore
