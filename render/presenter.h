// A thread that shows the newest scene on a surface, so that a slow card or a waiting screen never
// holds up whoever makes the scenes.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "render/swapchain.h"

namespace kinescore::render {

class Presenter {
 public:
  /// Called on the presenter's thread.
  struct Events {
    std::function<void(const std::string& deviceName)> started;
    std::function<void(const Error& error)> failed;  ///< it has given up; nothing is shown any more
  };

  /// The surface must live until the presenter is destroyed.
  Presenter(std::shared_ptr<Instance> instance, VkSurfaceKHR surface, Events events);
  /// Waits for the frame on its way, at most about two seconds.
  ~Presenter();

  /// Never waits. A scene that was not shown yet is replaced.
  void show(Scene scene, int width, int height);

 private:
  struct Job {
    Scene scene;
    int width = 0;
    int height = 0;
  };

  void run();
  Result<std::unique_ptr<Swapchain>> start();
  /// Shows one job; false when it has to give up.
  bool showJob(std::unique_ptr<Swapchain>& swapchain, const Job& job, int& restarts);

  std::shared_ptr<Instance> instance_;
  VkSurfaceKHR surface_;
  Events events_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> waiting_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kinescore::render
