#include "engine/media/fourier.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <unsupported/Eigen/FFT>

namespace kinescore {

struct RealFourier::Plan {
  Eigen::FFT<double> fft;
};

RealFourier::RealFourier(int size) : size_(size), plan_(std::make_unique<Plan>()) {
  assert(size > 0 && size % 2 == 0);
  plan_->fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
}
RealFourier::~RealFourier() = default;
RealFourier::RealFourier(RealFourier&&) noexcept = default;
RealFourier& RealFourier::operator=(RealFourier&&) noexcept = default;

void RealFourier::transform(std::span<const double> in, std::span<std::complex<double>> spectrum) {
  assert(int(in.size()) == size_ && int(spectrum.size()) == size_ / 2 + 1);
  plan_->fft.fwd(spectrum.data(), in.data(), size_);
}

std::vector<double> hannWindow(int size) {
  std::vector<double> window(size);
  for (int n = 0; n < size; ++n) window[n] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * n / size);
  return window;
}

ShortTimeFourier::ShortTimeFourier(std::span<const float> samples, int hop, std::vector<double> window)
    : samples_(samples),
      hop_(hop),
      window_(std::move(window)),
      windowed_(window_.size()),
      fourier_(int(window_.size())),
      spectrum_(window_.size() / 2 + 1) {}

std::span<const std::complex<double>> ShortTimeFourier::frame(int index) {
  const auto size = std::ptrdiff_t(window_.size());
  const std::ptrdiff_t first = std::ptrdiff_t(index) * hop_ - size / 2;
  const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, -first);
  const std::ptrdiff_t to = std::clamp<std::ptrdiff_t>(std::ptrdiff_t(samples_.size()) - first, from, size);
  std::fill(windowed_.begin(), windowed_.begin() + from, 0.0);
  for (std::ptrdiff_t n = from; n < to; ++n) windowed_[n] = window_[n] * samples_[first + n];
  std::fill(windowed_.begin() + to, windowed_.end(), 0.0);
  fourier_.transform(windowed_, spectrum_);
  return spectrum_;
}

}  // namespace kinescore
