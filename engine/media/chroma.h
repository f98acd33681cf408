// Which of the twelve tones sound: constant-Q spectra (Brown 1991; Schörkhuber and Klapuri, SMC 2010: one octave after
// the other, each at half the rate of the one above) folded into one octave and smoothed as "chroma energy normalised
// statistics" (Müller and Ewert, ISMIR 2011). Settings as music features are defined: seven octaves from C1 in steps of
// a third of a semitone, tuned to the recording.
#pragma once

#include <span>
#include <utility>
#include <vector>

namespace kinescore {

constexpr int kChromaTones = 12;
constexpr int kTuningSteps = 36;  // of an octave

/// By what share of a step, −0.5 … 0.5, the peaks of spectra lie off the steps of an octave most often, to a hundredth.
class TuningEstimate {
 public:
  TuningEstimate(int rate, int fftSize) : rate_(rate), fftSize_(fftSize) {}
  /// Of one spectrum, [fftSize / 2 + 1].
  void addFrame(std::span<const float> magnitudes);
  [[nodiscard]] double steps() const;

 private:
  int rate_, fftSize_;
  std::vector<std::pair<float, float>> peaks_;  // Hz, magnitude
};

/// [frames][12], each frame of length 1 (0 in silence), C first. `hop` has at least six factors of two.
[[nodiscard]] std::vector<float> chromaCens(std::span<const float> samples, int rate, int hop, double tuningSteps);

}  // namespace kinescore
