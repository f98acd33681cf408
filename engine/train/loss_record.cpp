#include "engine/train/loss_record.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "engine/core/files.h"

namespace kinescore {

LossRecord::LossRecord(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code ignored;
  if (!std::filesystem::exists(file_, ignored)) return;
  auto bytes = readFile(file_, 64 << 20);
  if (!bytes) return;
  std::istringstream lines(*bytes);
  for (std::string text; std::getline(lines, text);) {
    long long step = 0;
    Line line{};
    if (std::sscanf(text.c_str(), "%lld,%lf,%lf,%lf", &step, &line.loss, &line.featureLoss, &line.validation) == 4) {
      line.step = step;
      lines_.push_back(line);
    }
  }
}

void LossRecord::add(std::int64_t step, double loss, double featureLoss) {
  lines_.push_back({step, loss, featureLoss, 0});
}

void LossRecord::addValidation(std::int64_t step, double featureLoss) {
  lines_.push_back({step, 0, 0, featureLoss});
}

Status LossRecord::save() const {
  std::string text = "step,loss,x0_loss,validation\n";
  for (const Line& line : lines_) {
    char row[128];
    std::snprintf(row, sizeof row, "%lld,%.6g,%.6g,%.6g\n", static_cast<long long>(line.step), line.loss,
                  line.featureLoss, line.validation);
    text += row;
  }
  return saveFileSafely(file_, text);
}

Picture LossRecord::picture() const {
  constexpr int kWidth = 900, kHeight = 400, kBorder = 20;
  Picture picture(kWidth, kHeight, 250);
  double low = 1e9, high = 1e-9;
  std::int64_t last = 1;
  for (const Line& line : lines_) {
    last = std::max(last, line.step);
    for (const double value : {line.loss, line.featureLoss, line.validation}) {
      if (value <= 0 || !std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low > high) return picture;
  const double bottom = std::floor(std::log2(low)), top = std::max(bottom + 1, std::ceil(std::log2(high)));
  const auto y = [&](double value) {
    return kHeight - kBorder - (std::log2(value) - bottom) / (top - bottom) * (kHeight - 2 * kBorder);
  };
  const auto x = [&](std::int64_t step) { return kBorder + double(step) / double(last) * (kWidth - 2 * kBorder); };
  for (double power = bottom; power <= top; ++power) {
    picture.line(kBorder, y(std::exp2(power)), kWidth - kBorder, y(std::exp2(power)), 220, 220, 220);
  }
  const auto draw = [&](double Line::* member, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    const Line* before = nullptr;
    for (const Line& line : lines_) {
      if (line.*member <= 0 || !std::isfinite(line.*member)) continue;
      if (before) picture.line(x(before->step), y(before->*member), x(line.step), y(line.*member), r, g, b);
      before = &line;
    }
  };
  draw(&Line::loss, 150, 150, 150);
  draw(&Line::featureLoss, 40, 90, 200);
  draw(&Line::validation, 210, 50, 50);
  return picture;
}

}  // namespace kinescore
