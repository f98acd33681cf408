// Spectra in bands as the ear parts them: triangles evenly spaced on Slaney's mel scale (Auditory Toolbox, 1998: linear
// below 1 kHz, logarithmic above), each of the same area.
#pragma once

#include <span>
#include <vector>

namespace kinescore {

class MelBank {
 public:
  /// `bands` between `lowest` and `highest` Hz, for spectra of `fftSize` samples at `rate`.
  MelBank(int rate, int fftSize, int bands, double lowest, double highest);

  [[nodiscard]] int bands() const { return int(rows_.size()); }
  /// Weighted sums of the bins in each band: of power or of magnitude. `bins` [fftSize / 2 + 1], `out` [bands].
  void apply(std::span<const float> bins, std::span<float> out) const;

 private:
  struct Row {
    int first = 0;  // bin
    std::vector<float> weights;
  };
  std::vector<Row> rows_;
};

/// 10·log10 of each, at least −100 dB, and at most 80 dB below the loudest of all.
void toDecibels(std::span<float> power);

}  // namespace kinescore
