// The discrete Fourier transform of real numbers, and short-time spectra of a sound.
#pragma once

#include <complex>
#include <memory>
#include <span>
#include <vector>

namespace kinescore {

/// One size, prepared once. Not for several threads at a time.
class RealFourier {
 public:
  explicit RealFourier(int size);  // even
  ~RealFourier();
  RealFourier(RealFourier&&) noexcept;
  RealFourier& operator=(RealFourier&&) noexcept;

  [[nodiscard]] int size() const { return size_; }
  /// `in` [size] to `spectrum` [size / 2 + 1]: sum over t of in[t] · exp(−2πi·k·t / size).
  void transform(std::span<const double> in, std::span<std::complex<double>> spectrum);

 private:
  struct Plan;
  int size_;
  std::unique_ptr<Plan> plan_;
};

/// 0.5 − 0.5·cos(2πn / size): the Hann window of a period, as spectra want it.
[[nodiscard]] std::vector<double> hannWindow(int size);

/// Spectra of windows that are centred on samples 0, hop, 2·hop …; before the first and after the last sample there is
/// silence.
class ShortTimeFourier {
 public:
  /// `window` [size]
  ShortTimeFourier(std::span<const float> samples, int hop, std::vector<double> window);

  /// 1 + samples / hop
  [[nodiscard]] int frames() const { return 1 + int(samples_.size() / std::size_t(hop_)); }
  [[nodiscard]] int bins() const { return fourier_.size() / 2 + 1; }
  /// [bins], good until the next call.
  [[nodiscard]] std::span<const std::complex<double>> frame(int index);

 private:
  std::span<const float> samples_;
  int hop_;
  std::vector<double> window_, windowed_;
  RealFourier fourier_;
  std::vector<std::complex<double>> spectrum_;
};

}  // namespace kinescore
