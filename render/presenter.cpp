#include "render/presenter.h"

#include <chrono>

#include "engine/core/log.h"

namespace kinescore::render {
namespace {

constexpr int kSamples = 4;
constexpr auto kRetryPause = std::chrono::milliseconds(30);
/// A device that is lost is opened again this often before the view gives up.
constexpr int kMostRestarts = 1;

}  // namespace

Presenter::Presenter(std::shared_ptr<Instance> instance, VkSurfaceKHR surface, Events events)
    : instance_(std::move(instance)), surface_(surface), events_(std::move(events)), thread_([this] { run(); }) {}

Presenter::~Presenter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Presenter::show(Scene scene, int width, int height) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ = Job{std::move(scene), width, height};
  }
  changed_.notify_all();
}

Result<std::unique_ptr<Swapchain>> Presenter::start() {
  auto device = Device::create(instance_, surface_);
  if (!device) return device.error();
  auto swapchain = Swapchain::create(*device, surface_, kSamples);
  if (!swapchain) return swapchain.error();
  if (events_.started) events_.started((*device)->name());
  return swapchain;
}

bool Presenter::showJob(std::unique_ptr<Swapchain>& swapchain, const Job& job, int& restarts) {
  auto shown = swapchain->show(job.scene, job.width, job.height);
  if (!shown) {
    log::warning(shown.error().message);
    swapchain.reset();
    if (restarts++ >= kMostRestarts) {
      if (events_.failed) events_.failed(shown.error());
      return false;
    }
    auto again = start();
    if (!again) {
      if (events_.failed) events_.failed(again.error());
      return false;
    }
    swapchain = std::move(*again);
  } else if (*shown == Shown::SurfaceLost) {
    if (events_.failed) events_.failed({ErrorCode::EngineFailed, "the window's surface is gone"});
    return false;
  } else if (*shown == Shown::Yes) {
    return true;
  }
  // Not shown this time: unless something newer has come, try the same again in a moment.
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kRetryPause, [this] { return stopping_ || waiting_; });
  if (!waiting_) waiting_ = job;
  return true;
}

void Presenter::run() {
  auto started = start();
  if (!started) {
    if (events_.failed) events_.failed(started.error());
    return;
  }
  std::unique_ptr<Swapchain> swapchain = std::move(*started);
  int restarts = 0;
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || waiting_; });
      if (stopping_) return;
      job = std::move(*waiting_);
      waiting_.reset();
    }
    if (!showJob(swapchain, job, restarts)) return;
  }
}

}  // namespace kinescore::render
