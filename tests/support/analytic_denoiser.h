// A denoiser known in closed form: every feature is drawn, on its own, from a mixture of Gaussians.
// It answers with the exact mean of the clean value given the noisy one.
#pragma once

#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "engine/generation/denoiser.h"

namespace kinescore {

struct MixturePart {
  double weight = 1, mean = 0, deviation = 1;
};

class AnalyticDenoiser final : public Denoiser {
 public:
  struct Call {
    double logSnr;
    std::size_t branches;
    std::vector<float> watched;  // noisy input of the watched frame
  };

  explicit AnalyticDenoiser(std::vector<MixturePart> parts) : parts_(std::move(parts)) {
    statistics_.mean.assign(kFeatureCount, 0.0f);
    statistics_.deviation.assign(kFeatureCount, 1.0f);
  }

  void watchFrame(int frame) { watchedFrame_ = frame; }
  /// Without text every value is this instead.
  void setMeanWithoutText(double mean) { withoutText_ = {{1, mean, 0}}; }
  /// This branch answers with this everywhere.
  void setMeanOf(GuidanceBranch branch, double mean) { ofBranch_[branch] = {{1, mean, 0}}; }
  [[nodiscard]] const std::vector<Call>& calls() const { return calls_; }
  [[nodiscard]] double clean(double noisy, double logSnr) const { return cleanOf(parts_, noisy, logSnr); }

  Status begin(const WindowConditions&) override { return {}; }
  Status denoise(std::span<const float> noisy, double logSnr, std::span<const GuidanceBranch> branches,
                 std::span<const std::span<float>> outputs, std::stop_token) override {
    Call call{logSnr, branches.size(), {}};
    if (watchedFrame_ >= 0) {
      const auto row = noisy.subspan(std::size_t(watchedFrame_) * kFeatureCount, kFeatureCount);
      call.watched.assign(row.begin(), row.end());
    }
    calls_.push_back(std::move(call));
    for (std::size_t b = 0; b < branches.size(); ++b) {
      const bool bare = branches[b] == GuidanceBranch::WithoutText && !withoutText_.empty();
      const auto own = ofBranch_.find(branches[b]);
      const auto& parts = bare ? withoutText_ : own != ofBranch_.end() ? own->second : parts_;
      for (std::size_t i = 0; i < noisy.size(); ++i) outputs[b][i] = static_cast<float>(cleanOf(parts, noisy[i], logSnr));
    }
    return {};
  }
  const FeatureStatistics& statistics() const override { return statistics_; }
  std::string modelHash() const override { return "analytic"; }
  std::string precisionPath() const override { return "cpu-fp32"; }
  std::string deviceName() const override { return "a formula"; }

 private:
  static double cleanOf(const std::vector<MixturePart>& parts, double noisy, double logSnr) {
    const double alpha = std::sqrt(1 / (1 + std::exp(-logSnr))), sigma = std::sqrt(1 / (1 + std::exp(logSnr)));
    // Weights by the largest exponent, so that far tails do not become 0 / 0.
    double largest = -1e300;
    std::vector<std::pair<double, double>> terms;  // log weight, conditional mean
    for (const MixturePart& part : parts) {
      const double variance = alpha * alpha * part.deviation * part.deviation + sigma * sigma;
      const double off = noisy - alpha * part.mean;
      const double logWeight = std::log(part.weight) - 0.5 * off * off / variance - 0.5 * std::log(variance);
      terms.emplace_back(logWeight, part.mean + alpha * part.deviation * part.deviation * off / variance);
      largest = std::max(largest, logWeight);
    }
    double total = 0, sum = 0;
    for (const auto& [logWeight, mean] : terms) {
      const double weight = std::exp(logWeight - largest);
      total += weight;
      sum += weight * mean;
    }
    return sum / total;
  }

  std::vector<MixturePart> parts_, withoutText_;
  std::map<GuidanceBranch, std::vector<MixturePart>> ofBranch_;
  FeatureStatistics statistics_;
  std::vector<Call> calls_;
  int watchedFrame_ = -1;
};

}  // namespace kinescore
