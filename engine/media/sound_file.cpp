#include "engine/media/sound_file.h"

#include "engine/core/files.h"
#include "engine/media/resample.h"
#include "engine/media/wav.h"
#ifdef KINESCORE_WITH_FFMPEG
#include "engine/media/decode/decode_sound.h"
#endif

namespace kinescore {
namespace {

constexpr std::size_t kHeaderBytes = 12;

Result<Sound> decoded(const std::filesystem::path& file, const std::function<void(double)>& progress,
                      std::stop_token stop) {
#ifdef KINESCORE_WITH_FFMPEG
  return decodeSound(file, {kLongestSoundSeconds, kHighestSoundRate}, progress, stop);
#else
  (void)progress, (void)stop;
  return Error{ErrorCode::Unsupported,
               "“" + file.filename().string() +
                   "” is no plain WAV file, and this build reads nothing else; save it as 16-bit WAV, "
                   "or build with FFmpeg (-DKINESCORE_MEDIA=ON)."};
#endif
}

Result<Sound> readAny(const std::filesystem::path& file, const std::function<void(double)>& progress,
                      std::stop_token stop) {
  const Result<InputFile> input = InputFile::open(file);
  if (!input) return input.error();
  if (input->size() == 0) return Error{ErrorCode::BadInput, "“" + input->name() + "” is empty."};
  std::string head(std::min<std::uint64_t>(kHeaderBytes, input->size()), '\0');
  if (Status read = input->readAt(0, head); !read) return read.error();
  if (!isWav(head)) return decoded(file, progress, stop);
  const Result<std::string> bytes = readFile(file);
  if (!bytes) return bytes.error();
  Result<Sound> sound = readWav(*bytes, input->name());
  if (!sound && sound.error().code == ErrorCode::Unsupported && decodesAllSound()) return decoded(file, progress, stop);
  return sound;
}

}  // namespace

bool decodesAllSound() {
#ifdef KINESCORE_WITH_FFMPEG
  return true;
#else
  return false;
#endif
}

Result<double> mediaSeconds(const std::filesystem::path& file) {
#ifdef KINESCORE_WITH_FFMPEG
  return announcedSecondsOf(file);
#else
  const Result<std::shared_ptr<const Sound>> sound = readSoundFile(file);
  if (!sound) return sound.error();
  return (*sound)->seconds();
#endif
}

Result<std::shared_ptr<const Sound>> readSoundFile(const std::filesystem::path& file,
                                                   const std::function<void(double)>& progress, std::stop_token stop) {
  Result<Sound> sound = readAny(file, progress, stop);
  if (!sound) return sound.error();
  if (sound->seconds() > kLongestSoundSeconds) {
    return Error{ErrorCode::Unsupported,
                 "“" + file.filename().string() + "” is longer than an hour; cut out the part that is to be heard."};
  }
  if (sound->rate > kHighestSoundRate) {
    sound->samples = resample(sound->samples, sound->rate, kHighestSoundRate);
    sound->rate = kHighestSoundRate;
  }
  if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "Reading the recording was stopped."};
  if (progress) progress(1);
  return std::make_shared<const Sound>(*std::move(sound));
}

}  // namespace kinescore
