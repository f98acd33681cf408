// A whole window on a fake engine, its state in a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include <QAction>
#include <QPushButton>
#include <QThreadPool>

#include "tests/support/temporary_folder.h"
#include "tests/ui/ui_test_support.h"
#include "ui/main_window.h"

namespace kinescore {

inline MotionService::GeneratorFactory fakeEngine(std::chrono::milliseconds stepTime = std::chrono::milliseconds(0)) {
  return [stepTime]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->stepTime = stepTime;
    generator->library = {"cmu_16_02", "mine/sneak"};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  };
}

class MainWindowTest : public testing::Test {
 protected:
  void SetUp() override {
    testApplication();
    service_ = std::make_unique<MotionService>(fakeEngine(stepTime_));
    window_ = std::make_unique<MainWindow>(services());
    window_->setAsksBeforeClosing(false);
    window_->show();
    QCoreApplication::processEvents();
  }
  virtual WindowServices services() {
    return WindowServices{*service_, QStringLiteral("CPU · fake"), {}, folder_.path() / "state"};
  }
  void TearDown() override {
    window_->close();
    window_.reset();
    QThreadPool::globalInstance()->waitForDone();  // what was looked at beside it
  }

  Session& session() { return window_->session(); }
  ObjectId addPrompt(const std::string& words) {
    Clip clip;
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind == TrackKind::Text) {
        clip.trackId = track->id;
      }
    }
    clip.span = {Ticks{0}, ticksFromSeconds(4)};
    clip.condition = TextCondition{words, BodyPart::Whole};
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    session().document().edit(QStringLiteral("Add prompt"), patch);
    return patch->changes.front().id;
  }
  void generate() {
    const std::size_t before = session().takes().takes().size();
    window_->action("Generate")->trigger();
    ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() > before; }));
  }
  /// The button of that name, which may go away with what it did.
  void press(const char* name) {
    auto* button = window_->findChild<QPushButton*>(QString::fromLatin1(name));
    ASSERT_NE(button, nullptr) << name;
    button->click();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
  }

  std::chrono::milliseconds stepTime_{0};
  TemporaryFolder folder_;
  std::unique_ptr<MotionService> service_;
  std::unique_ptr<MainWindow> window_;
};

}  // namespace kinescore
