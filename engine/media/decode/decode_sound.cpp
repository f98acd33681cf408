#include "engine/media/decode/decode_sound.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>

#include "engine/core/files.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

namespace kinescore {
namespace {

constexpr int kBufferBytes = 1 << 16;
constexpr double kMostSilenceBefore = 60;  // of a sound track that starts later than its file
constexpr double kMissingShare = 0.05;     // of what the file announces; more is an early end

template <auto free>
struct FreeByAddress {
  template <class T>
  void operator()(T* object) const {
    free(&object);
  }
};
using CodecContext = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
using Packet = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using Frame = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using Converter = std::unique_ptr<SwrContext, FreeByAddress<swr_free>>;

/// The file as FFmpeg reads it.
class FileReader {
 public:
  FileReader(const InputFile& file, std::stop_token stop) : file_(file), stop_(std::move(stop)) {
    auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
    io_ = avio_alloc_context(buffer, kBufferBytes, 0, this, &FileReader::read, nullptr, &FileReader::seek);
  }
  ~FileReader() {
    if (io_ != nullptr) av_freep(&io_->buffer);
    avio_context_free(&io_);
  }
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  [[nodiscard]] AVIOContext* io() const { return io_; }
  [[nodiscard]] double share() const { return double(at_) / double(std::max<std::uint64_t>(1, file_.size())); }

 private:
  static int read(void* self, std::uint8_t* to, int size) {
    auto& reader = *static_cast<FileReader*>(self);
    if (reader.stop_.stop_requested()) return AVERROR_EXIT;
    const auto count = std::min<std::uint64_t>(std::uint64_t(size), reader.file_.size() - reader.at_);
    if (count == 0) return AVERROR_EOF;
    if (!reader.file_.readAt(reader.at_, {reinterpret_cast<char*>(to), std::size_t(count)})) return AVERROR(EIO);
    reader.at_ += count;
    return int(count);
  }
  static std::int64_t seek(void* self, std::int64_t offset, int whence) {
    auto& reader = *static_cast<FileReader*>(self);
    const auto size = std::int64_t(reader.file_.size());
    if ((whence & AVSEEK_SIZE) != 0) return size;
    if (whence == SEEK_CUR) offset += std::int64_t(reader.at_);
    if (whence == SEEK_END) offset += size;
    if (offset < 0 || offset > size) return AVERROR(EINVAL);
    reader.at_ = std::uint64_t(offset);
    return offset;
  }

  const InputFile& file_;
  std::stop_token stop_;
  std::uint64_t at_ = 0;
  AVIOContext* io_ = nullptr;
};

/// An opened file and its chosen track. Owns the format context.
class Container {
 public:
  explicit Container(AVIOContext* io) : format_(avformat_alloc_context()) {
    format_->pb = io;
    format_->flags |= AVFMT_FLAG_CUSTOM_IO;
    // Play lists and the like name other files; none is opened.
    format_->io_open = [](AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); };
  }
  ~Container() { avformat_close_input(&format_); }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;

  bool open(const std::string& name) {
    if (avformat_open_input(&format_, name.c_str(), nullptr, nullptr) < 0) return false;  // frees the context
    if (avformat_find_stream_info(format_, nullptr) < 0) return false;
    return true;
  }
  /// False: there is no sound in it.
  bool chooseTrack() {
    const int index = av_find_best_stream(format_, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (index < 0) return false;
    stream_ = format_->streams[index];
    for (unsigned i = 0; i < format_->nb_streams; ++i) {
      if (int(i) != index) format_->streams[i]->discard = AVDISCARD_ALL;
    }
    return true;
  }

  [[nodiscard]] AVFormatContext* format() const { return format_; }
  [[nodiscard]] AVStream* stream() const { return stream_; }
  [[nodiscard]] double seconds(std::int64_t time) const { return double(time) * av_q2d(stream_->time_base); }
  /// What the file says about the track's length; 0: nothing that can be relied on.
  [[nodiscard]] double announcedSeconds() const {
    if (format_->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return 0;
    return stream_->duration > 0 ? seconds(stream_->duration) : 0;
  }
  [[nodiscard]] double startSeconds() const {
    if (stream_->start_time == AV_NOPTS_VALUE || format_->start_time == AV_NOPTS_VALUE) return 0;
    const double start = seconds(stream_->start_time) - double(format_->start_time) / AV_TIME_BASE;
    return start > 0 && start < kMostSilenceBefore ? start : 0;
  }

 private:
  AVFormatContext* format_;
  AVStream* stream_ = nullptr;
};

class SoundDecoder {
 public:
  SoundDecoder(const InputFile& file, const SoundLimits& limits, const std::function<void(double)>& progress,
               std::stop_token stop)
      : limits_(limits),
        progress_(progress),
        stop_(stop),
        who_("“" + file.name() + "” "),
        name_(file.name()),
        reader_(file, stop),
        container_(reader_.io()) {}

  Result<Sound> run() {
    if (Status opened = open(); !opened) return opened.error();
    if (Status decoded = decodeAll(); !decoded) return decoded.error();
    if (sound_.samples.size() <= silence_) return bad("holds no sound.");
    const double announced = container_.announcedSeconds(), found = sound_.seconds() - container_.startSeconds();
    if (announced > 0 && found < (1 - kMissingShare) * announced - 0.1) {
      return bad("ends early: " + secondsText(found) + " of " + secondsText(announced) +
                 " of sound are there; copy it again.");
    }
    return std::move(sound_);
  }

 private:
  [[nodiscard]] Error bad(const std::string& what) const { return {ErrorCode::BadInput, who_ + what}; }
  [[nodiscard]] Error cancelled() const { return {ErrorCode::Cancelled, "Reading the recording was stopped."}; }
  [[nodiscard]] static std::string secondsText(double seconds) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f s", seconds);
    return text;
  }
  [[nodiscard]] Error tooLong() const {
    return {ErrorCode::Unsupported,
            who_ + "is longer than " + secondsText(limits_.longestSeconds) + "; cut out the part that is to be heard."};
  }

  Status open() {
    if (!container_.open(name_)) {
      if (stop_.stop_requested()) return cancelled();
      return bad("is no sound or video file, or is damaged.");
    }
    if (!container_.chooseTrack()) return bad("has no sound in it.");
    if (container_.announcedSeconds() > limits_.longestSeconds) return tooLong();
    const AVCodecParameters& parameters = *container_.stream()->codecpar;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr) {
      return Error{ErrorCode::Unsupported, who_ + "holds sound of a kind that is not read (" +
                                               avcodec_get_name(parameters.codec_id) + "); save it as WAV."};
    }
    codec_.reset(avcodec_alloc_context3(codec));
    if (codec_ == nullptr || avcodec_parameters_to_context(codec_.get(), &parameters) < 0) return bad("is damaged.");
    codec_->pkt_timebase = container_.stream()->time_base;
    codec_->thread_count = 1;
    if (avcodec_open2(codec_.get(), codec, nullptr) < 0) return bad("is damaged: its sound cannot be decoded.");
    return {};
  }

  Status decodeAll() {
    const Packet packet(av_packet_alloc());
    const Frame frame(av_frame_alloc());
    int read = 0;
    while ((read = av_read_frame(container_.format(), packet.get())) >= 0) {
      const bool isOurs = packet->stream_index == container_.stream()->index;
      // A packet that cannot be decoded is left out, as players do; without any good one the file has no sound.
      if (isOurs) (void)avcodec_send_packet(codec_.get(), packet.get());
      av_packet_unref(packet.get());
      if (!isOurs) continue;
      if (Status received = receive(*frame); !received) return received;
      if (progress_) progress_(std::min(1.0, reader_.share()));
      if (stop_.stop_requested()) return cancelled();
    }
    if (stop_.stop_requested()) return cancelled();
    (void)avcodec_send_packet(codec_.get(), nullptr);
    if (Status received = receive(*frame); !received) return received;
    return convert(nullptr);
  }

  Status receive(AVFrame& frame) {
    while (avcodec_receive_frame(codec_.get(), &frame) >= 0) {
      Status converted = convert(&frame);
      av_frame_unref(&frame);
      if (!converted) return converted;
    }
    return {};
  }

  Status prepareConverter(const AVFrame& frame) {
    if (frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0) return bad("is damaged.");
    if (converter_ && frame.sample_rate == fromRate_ && frame.format == format_ &&
        frame.ch_layout.nb_channels == channels_)
      return {};
    if (converter_) return bad("changes its kind of sound on the way, which is not read; save it as WAV.");
    fromRate_ = frame.sample_rate;
    format_ = frame.format;
    channels_ = frame.ch_layout.nb_channels;
    sound_.rate = std::min(fromRate_, limits_.highestRate);
    SwrContext* made = nullptr;
    auto* layout = const_cast<AVChannelLayout*>(&frame.ch_layout);  // FFmpeg 5 has no const here
    const int set = swr_alloc_set_opts2(&made, layout, AV_SAMPLE_FMT_FLTP, sound_.rate, layout,
                                        static_cast<AVSampleFormat>(format_), fromRate_, 0, nullptr);
    converter_.reset(made);
    if (made != nullptr) av_opt_set_int(made, "filter_size", 64, 0);
    if (set < 0 || swr_init(made) < 0) return bad("holds sound that cannot be converted; save it as WAV.");
    silence_ = std::size_t(std::lround(container_.startSeconds() * sound_.rate));
    sound_.samples.assign(silence_, 0.0f);
    return {};
  }

  /// Null: what the converter still holds.
  Status convert(const AVFrame* frame) {
    if (frame != nullptr) {
      if (Status prepared = prepareConverter(*frame); !prepared) return prepared;
    } else if (!converter_) {
      return {};
    }
    const int room = swr_get_out_samples(converter_.get(), frame != nullptr ? frame->nb_samples : 0);
    if (room <= 0) return {};
    const auto channels = std::size_t(channels_), samples = std::size_t(room);
    std::vector<std::vector<float>> planes(channels, std::vector<float>(samples));
    std::vector<std::uint8_t*> out;
    for (std::vector<float>& plane : planes) out.push_back(reinterpret_cast<std::uint8_t*>(plane.data()));
    const auto** in = frame != nullptr ? const_cast<const std::uint8_t**>(frame->extended_data) : nullptr;
    const int count = swr_convert(converter_.get(), out.data(), room, in, frame != nullptr ? frame->nb_samples : 0);
    if (count < 0) return bad("holds sound that cannot be converted; save it as WAV.");
    for (int i = 0; i < count; ++i) {
      float sum = 0;
      for (const std::vector<float>& plane : planes) sum += plane[std::size_t(i)];
      const float mean = sum / float(channels_);
      sound_.samples.push_back(std::isfinite(mean) ? mean : 0.0f);
    }
    if (sound_.seconds() > limits_.longestSeconds) return tooLong();
    return {};
  }

  SoundLimits limits_;
  const std::function<void(double)>& progress_;
  std::stop_token stop_;
  std::string who_, name_;
  FileReader reader_;
  Container container_;
  CodecContext codec_;
  Converter converter_;
  int fromRate_ = 0, format_ = -1, channels_ = 0;
  std::size_t silence_ = 0;
  Sound sound_;
};

}  // namespace

Result<double> announcedSecondsOf(const std::filesystem::path& file) {
  const Result<InputFile> input = InputFile::open(file);
  if (!input) return input.error();
  av_log_set_level(AV_LOG_QUIET);
  const FileReader reader(*input, {});
  Container container(reader.io());
  if (!container.open(input->name())) {
    return Error{ErrorCode::BadInput, "“" + input->name() + "” is no sound or video file, or is damaged."};
  }
  const std::int64_t duration = container.format()->duration;
  return duration > 0 ? double(duration) / AV_TIME_BASE : 0.0;
}

Result<Sound> decodeSound(const std::filesystem::path& file, const SoundLimits& limits,
                          const std::function<void(double)>& progress, std::stop_token stop) {
  const Result<InputFile> input = InputFile::open(file);
  if (!input) return input.error();
  av_log_set_level(AV_LOG_QUIET);
  return SoundDecoder(*input, limits, progress, std::move(stop)).run();
}

}  // namespace kinescore
