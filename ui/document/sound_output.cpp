#include "ui/document/sound_output.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <mutex>
#include <vector>

#include <QAudioDevice>
#include <QAudioSink>
#include <QIODevice>
#include <QMediaDevices>
#include <QThread>

namespace kinescore {
namespace {

constexpr int kBufferMs = 80;  // as short as a busy machine can keep full

/// Whether somebody listens there.
bool answers(const QByteArray& socketPath) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socketPath.isEmpty() || std::size_t(socketPath.size()) >= sizeof address.sun_path) {
    return false;
  }
  std::memcpy(address.sun_path, socketPath.constData(), std::size_t(socketPath.size()));
  const int handle = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (handle < 0) {
    return false;
  }
  const bool isThere = ::connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(handle);
  return isThere;
}

/// Qt's sound on Debian is PulseAudio's (PipeWire answers in its name). Without a server Qt prints an error for each
/// attempt and has no way to ask first, so its socket is tried in the places where the library would look.
bool isSoundServerThere() {
  if (const QByteArray named = qgetenv("PULSE_SERVER"); !named.isEmpty()) {
    const auto path = named.indexOf('/');
    return named.contains("tcp") || (path >= 0 && answers(named.mid(path)));
  }
  const QByteArray own = qgetenv("PULSE_RUNTIME_PATH"), session = qgetenv("XDG_RUNTIME_DIR");
  return (!own.isEmpty() && answers(own + "/native")) || (!session.isEmpty() && answers(session + "/pulse/native")) ||
         answers("/run/pulse/native") || answers("/var/run/pulse/native");
}

double secondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// What both threads know.
struct Shared {
  std::mutex mutex;
  SoundOutput::Pull pull;  // empty: stopped
  double heardAt = 0;      // on the steady clock: when the next sample to be pulled is; 0: nothing was pulled yet
};

/// What the sink reads from.
class Feed : public QIODevice {
 public:
  Feed(std::shared_ptr<Shared> shared, int channels) : shared_(std::move(shared)), channels_(channels) {
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
  }
  void setSink(const QAudioSink* sink) { sink_ = sink; }
  bool isSequential() const override { return true; }
  qint64 bytesAvailable() const override { return std::numeric_limits<int>::max(); }

 protected:
  qint64 readData(char* data, qint64 most) override {
    const qint64 frameBytes = qint64(sizeof(float)) * channels_;
    const qint64 frames = most / frameBytes;
    samples_.assign(std::size_t(frames * channels_), 0);
    const double waiting = double(sink_->bufferSize() - sink_->bytesFree() + frames * frameBytes);
    const double waits = waiting / double(sink_->format().bytesForDuration(1'000'000));
    {
      const std::lock_guard lock(shared_->mutex);
      if (shared_->pull) {
        shared_->pull(samples_);
      }
      shared_->heardAt = secondsNow() + waits;
    }
    std::memcpy(data, samples_.data(), samples_.size() * sizeof(float));
    return frames * frameBytes;
  }
  qint64 writeData(const char*, qint64) override { return -1; }

 private:
  std::shared_ptr<Shared> shared_;
  int channels_;
  const QAudioSink* sink_ = nullptr;
  std::vector<float> samples_;
};

/// Lives on a thread of its own: looking for devices may take long, and a busy window must not make the sound stutter.
class Device : public QObject {
 public:
  explicit Device(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  ~Device() override { close(); }

  void close() {
    if (sink_) {
      sink_->stop();
    }
    sink_.reset();
    feed_.reset();
  }
  /// Why not, or an empty sentence.
  QString open(int rate, int channels) {
    close();
    if (!isSoundServerThere()) {
      return tr("No sound device was found.");
    }
    const QAudioDevice device = QMediaDevices::defaultAudioOutput();
    if (device.isNull()) {
      return tr("No sound device was found.");
    }
    QAudioFormat format;
    format.setSampleRate(rate);
    format.setChannelCount(channels);
    format.setSampleFormat(QAudioFormat::Float);
    sink_ = std::make_unique<QAudioSink>(device, format);
    sink_->setBufferSize(format.bytesForDuration(kBufferMs * 1000));
    feed_ = std::make_unique<Feed>(shared_, channels);
    feed_->setSink(sink_.get());
    sink_->start(feed_.get());
    if (sink_->error() == QAudio::NoError || sink_->error() == QAudio::UnderrunError) {
      return {};
    }
    close();
    return tr("The sound device could not be opened.");
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<QAudioSink> sink_;
};

class DeviceOutput final : public SoundOutput {
 public:
  ~DeviceOutput() override {
    stop();
    thread_.quit();  // the device is closed there
    thread_.wait();
  }

  void start(int rate, int channels, Pull pull) override {
    if (device_ == nullptr) {
      device_ = new Device(shared_);
      device_->moveToThread(&thread_);
      connect(&thread_, &QThread::finished, device_, &QObject::deleteLater);
      thread_.start();
    }
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->pull = std::move(pull);
      shared_->heardAt = 0;
    }
    // The thread is waited for before this goes, so that both stay while it runs.
    QMetaObject::invokeMethod(device_, [this, rate, channels] {
      const QString problem = device_->open(rate, channels);
      QMetaObject::invokeMethod(this, [this, problem] { tell(problem); }, Qt::QueuedConnection);
    }, Qt::QueuedConnection);
  }

  void stop() override {
    {
      const std::lock_guard lock(shared_->mutex);
      shared_->pull = nullptr;
    }
    if (device_ != nullptr) {
      QMetaObject::invokeMethod(device_, [device = device_] { device->close(); }, Qt::QueuedConnection);
    }
  }

  double latency() const override {
    const std::lock_guard lock(shared_->mutex);
    return shared_->heardAt == 0 ? 0 : std::max(0.0, shared_->heardAt - secondsNow());
  }
  QString problem() const override { return problem_; }

 private:
  void tell(const QString& problem) {
    if (problem != problem_) {
      problem_ = problem;
      Q_EMIT problemChanged();
    }
  }

  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  QString problem_;
  QThread thread_;
  Device* device_ = nullptr;
};

}  // namespace

std::unique_ptr<SoundOutput> openSoundDevice() { return std::make_unique<DeviceOutput>(); }

}  // namespace kinescore
