// A thread that does one thing at a time when told, with one intra-op thread of its own, so that the
// bits of a network do not depend on how many cores there are.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace kinescore {

class Worker {
 public:
  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Starts `job`; the one before must have been waited for.
  void start(std::function<void()> job);
  /// Until the job is done; throws on what the job threw.
  void wait();

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> job_;
  std::exception_ptr failure_;
  bool busy_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace kinescore
