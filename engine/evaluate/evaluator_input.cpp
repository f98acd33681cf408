#include "engine/evaluate/evaluator_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace kinescore {
namespace {

constexpr double kFps = 30, kCutHz = 8;
constexpr int kReach = 8;  // frames to both sides
constexpr float kSmallestDeviation = 1e-3f;

// A sinc cut off by a Hamming window, sum 1.
std::array<double, 2 * kReach + 1> lowPassKernel() {
  std::array<double, 2 * kReach + 1> kernel{};
  double sum = 0;
  for (int k = -kReach; k <= kReach; ++k) {
    const double x = 2 * kCutHz / kFps * k;
    const double sinc = k == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
    const double window = 0.54 + 0.46 * std::cos(std::numbers::pi * k / kReach);
    sum += kernel[k + kReach] = sinc * window;
  }
  for (double& value : kernel) value /= sum;
  return kernel;
}

// Where the kinds of channels begin: positions, speeds, root's speed and height, turn.
constexpr std::array<int, 5> kKinds = {0, kEvaluatorPositions, 2 * kEvaluatorPositions, 2 * kEvaluatorPositions + 3,
                                       kEvaluatorInputs};

}  // namespace

std::vector<double> lowPassed(std::span<const double> values) {
  static const auto kernel = lowPassKernel();
  const auto count = std::int64_t(values.size());
  std::vector<double> result(values.size());
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = 0;
    for (int k = -kReach; k <= kReach; ++k) {
      sum += kernel[k + kReach] * values[std::clamp<std::int64_t>(i + k, 0, count - 1)];
    }
    result[i] = sum;
  }
  return result;
}

std::vector<float> evaluatorInput(const MotionFeatures& features) {
  const std::int64_t frames = features.frames;
  std::vector<float> out(std::size_t(frames) * kEvaluatorInputs, 0.0f);
  const auto in = [&](std::int64_t f, int channel) { return double(features.values[f * kFeatureCount + channel]); };
  const auto put = [&](int channel, const std::vector<double>& values) {
    for (std::int64_t f = 0; f < frames; ++f) out[f * kEvaluatorInputs + channel] = float(values[f]);
  };
  // What happens from a frame to the next; the last one repeats the one before.
  const auto speed = [&](const auto& difference) {
    std::vector<double> values(frames, 0.0);
    for (std::int64_t f = 0; f + 1 < frames; ++f) values[f] = kFps * difference(f);
    if (frames > 1) values[frames - 1] = values[frames - 2];
    return values;
  };
  std::vector<double> channel(frames);
  for (int c = 0; c < kEvaluatorPositions; ++c) {
    for (std::int64_t f = 0; f < frames; ++f) channel[f] = in(f, kPositionChannel + c);
    const std::vector<double> calm = lowPassed(channel);
    put(c, calm);
    put(kEvaluatorPositions + c, speed([&](std::int64_t f) { return calm[f + 1] - calm[f]; }));
  }
  const auto along = [&](std::int64_t f, bool forward) {
    const double x = in(f + 1, kRootChannel) - in(f, kRootChannel), z = in(f + 1, kRootChannel + 2) - in(f, kRootChannel + 2);
    const double c = in(f, kHeadingChannel), s = in(f, kHeadingChannel + 1);
    return forward ? s * x + c * z : c * x - s * z;
  };
  put(kKinds[2], lowPassed(speed([&](std::int64_t f) { return along(f, false); })));
  put(kKinds[2] + 1, lowPassed(speed([&](std::int64_t f) { return along(f, true); })));
  for (std::int64_t f = 0; f < frames; ++f) channel[f] = in(f, kRootChannel + 1);
  put(kKinds[2] + 2, lowPassed(channel));
  put(kKinds[3], lowPassed(speed([&](std::int64_t f) {
        const double c = in(f, kHeadingChannel), s = in(f, kHeadingChannel + 1);
        const double nextC = in(f + 1, kHeadingChannel), nextS = in(f + 1, kHeadingChannel + 1);
        return std::atan2(c * nextS - s * nextC, c * nextC + s * nextS);
      })));
  return out;
}

void EvaluatorStatistics::normalise(std::span<float> values) const {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i % kEvaluatorInputs;
    values[i] = (values[i] - mean[c]) / deviation[c];
  }
}

EvaluatorStatistics evaluatorStatistics(std::span<const std::vector<float>> motions) {
  std::vector<double> sum(kEvaluatorInputs, 0.0), square(kEvaluatorInputs, 0.0);
  double count = 0;
  for (const auto& motion : motions) {
    count += double(motion.size() / kEvaluatorInputs);
    for (std::size_t i = 0; i < motion.size(); ++i) {
      sum[i % kEvaluatorInputs] += motion[i];
      square[i % kEvaluatorInputs] += double(motion[i]) * motion[i];
    }
  }
  EvaluatorStatistics statistics;
  statistics.deviation.resize(kEvaluatorInputs);
  for (const double s : sum) statistics.mean.push_back(float(count > 0 ? s / count : 0));
  for (std::size_t kind = 0; kind + 1 < kKinds.size(); ++kind) {
    double variance = 0;
    for (int c = kKinds[kind]; c < kKinds[kind + 1]; ++c) {
      const double mean = count > 0 ? sum[c] / count : 0;
      variance += count > 0 ? std::max(0.0, square[c] / count - mean * mean) : 0;
    }
    const auto deviation = float(std::sqrt(variance / (kKinds[kind + 1] - kKinds[kind])));
    std::fill(statistics.deviation.begin() + kKinds[kind], statistics.deviation.begin() + kKinds[kind + 1],
              std::max(deviation, kSmallestDeviation));
  }
  return statistics;
}

}  // namespace kinescore
