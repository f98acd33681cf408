#include "engine/media/wav.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

namespace kinescore {
namespace {

static_assert(std::endian::native == std::endian::little);

template <class T>
T numberAt(std::string_view bytes, std::size_t at) {
  T value{};
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

struct Format {
  int tag = 0, channels = 0, rate = 0, bits = 0;
};
constexpr int kPcm = 1, kFloat = 3, kExtensible = 0xfffe;

std::optional<Format> formatOf(std::string_view chunk) {
  if (chunk.size() < 16) return std::nullopt;
  Format format{numberAt<std::uint16_t>(chunk, 0), numberAt<std::uint16_t>(chunk, 2), numberAt<std::int32_t>(chunk, 4),
                numberAt<std::uint16_t>(chunk, 14)};
  // The real kind is the first number of the sub-format's id.
  if (format.tag == kExtensible && chunk.size() >= 26) format.tag = numberAt<std::uint16_t>(chunk, 24);
  return format;
}

bool isReadable(const Format& f) {
  if (f.tag == kPcm) return f.bits == 8 || f.bits == 16 || f.bits == 24 || f.bits == 32;
  return f.tag == kFloat && (f.bits == 32 || f.bits == 64);
}

double sampleAt(std::string_view data, std::size_t at, const Format& format) {
  if (format.tag == kFloat) return format.bits == 32 ? numberAt<float>(data, at) : numberAt<double>(data, at);
  switch (format.bits) {
    case 8:
      return (numberAt<std::uint8_t>(data, at) - 128) / 128.0;
    case 16:
      return numberAt<std::int16_t>(data, at) / 32768.0;
    case 24: {
      std::uint32_t value = 0;
      std::memcpy(reinterpret_cast<char*>(&value) + 1, data.data() + at, 3);
      return double(std::int32_t(value)) / 2147483648.0;
    }
    default:
      return numberAt<std::int32_t>(data, at) / 2147483648.0;
  }
}

}  // namespace

bool isWav(std::string_view bytes) {
  return bytes.size() >= 12 && (bytes.substr(0, 4) == "RIFF" || bytes.substr(0, 4) == "RF64") &&
         bytes.substr(8, 4) == "WAVE";
}

Result<Sound> readWav(std::string_view bytes, std::string_view fileName) {
  const std::string who = "“" + std::string(fileName) + "” ";
  const auto bad = [&](const std::string& what) { return Error{ErrorCode::BadInput, who + what}; };
  if (!isWav(bytes)) return bad("is no WAV file.");
  std::optional<Format> format;
  std::string_view data;
  std::uint64_t announced = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const std::string_view id = bytes.substr(at, 4);
    const std::uint64_t size = numberAt<std::uint32_t>(bytes, at + 4);
    const std::string_view chunk = bytes.substr(at + 8, size);
    if (id == "fmt ") format = formatOf(chunk);
    if (id == "data") {
      // RF64, and what was written as a stream: up to the end
      const bool isOpen = size == 0xffffffffu;
      data = isOpen ? bytes.substr(at + 8) : chunk;
      announced = isOpen ? data.size() : size;
      break;
    }
    at += 8 + size + size % 2;
  }
  if (!format) return bad("is a WAV file without a format; it may be damaged.");
  if (!isReadable(*format)) {
    return Error{ErrorCode::Unsupported, who + "is a compressed WAV file, which is not read; save it as 16-bit PCM."};
  }
  if (format->channels < 1 || format->channels > 64 || format->rate < 1000 || format->rate > 768000) {
    return bad("is a WAV file with " + std::to_string(format->channels) + " channels at " +
               std::to_string(format->rate) + " Hz, which cannot be right.");
  }
  const std::size_t width = std::size_t(format->bits / 8), stride = width * std::size_t(format->channels);
  Sound sound;
  sound.rate = format->rate;
  sound.samples.resize(data.size() / stride);
  if (announced > data.size()) {
    return bad("ends early: " + std::to_string(data.size()) + " of " + std::to_string(announced) +
               " bytes of sound are there; copy it again.");
  }
  if (sound.samples.empty()) return bad("holds no sound.");
  for (std::size_t i = 0; i < sound.samples.size(); ++i) {
    double sum = 0;
    for (int c = 0; c < format->channels; ++c) sum += sampleAt(data, i * stride + std::size_t(c) * width, *format);
    const double mean = sum / format->channels;
    if (!std::isfinite(mean)) return bad("holds a sample that is no number.");
    sound.samples[i] = float(mean);
  }
  return sound;
}

}  // namespace kinescore
