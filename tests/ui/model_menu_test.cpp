#include <gtest/gtest.h>

#include "tests/ui/main_window_fixture.h"
#include "ui/panels/top_bar.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

/// A window whose engine can be changed to files of GEM that are named “good…”.
class ModelMenuTest : public MainWindowTest {
 protected:
  void SetUp() override {
    testApplication();
    service_ = std::make_unique<MotionService>(fakeEngine());
    openWindow();
  }
  void openWindow() {
    window_ = std::make_unique<MainWindow>(WindowServices{*service_, QStringLiteral("CPU · fake"), {},
                                                          folder_.path() / "state", true, true,
                                                          [this](const std::string& model) { return openModel(model); }});
    window_->setAsksBeforeClosing(false);
    window_->show();
    QCoreApplication::processEvents();
  }
  Result<OfferedModel> openModel(const std::string& model) {
    if (model != kShippedModel && model.find("/good") == std::string::npos) {
      return Error{ErrorCode::BadInput, "“bad.ckpt” is a PyTorch checkpoint."};
    }
    OfferedModel offered;
    offered.description = model == kShippedModel ? "CPU · fake" : "CPU · gem good";
    offered.makeGenerator = [this, model]() -> Result<std::unique_ptr<MotionGenerator>> {
      performing_ = model;
      return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
    };
    return offered;
  }
  QStringList entries() const {
    QStringList names;
    for (const QAction* entry : window_->topBar().modelMenu()->actions()) {
      names.append((entry->isChecked() ? QStringLiteral("*") : QString()) + entry->text());
    }
    return names;
  }
  std::string performing_;  // made on the engine's thread, read after its job
};

TEST_F(ModelMenuTest, OffersWhatShipsAndFilesOfGem) {
  EXPECT_EQ(entries(), QStringList({QStringLiteral("*Kinescore"), QString(), QStringLiteral("Choose a GEM file…")}));
  EXPECT_TRUE(window_->useModel(QStringLiteral("gem:/models/good.safetensors")));
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · gem good"));
  EXPECT_EQ(entries(), QStringList({QStringLiteral("Kinescore"), QStringLiteral("*GEM · good"), QString(),
                                    QStringLiteral("Choose a GEM file…")}));
  addPrompt("walk");
  generate();
  EXPECT_EQ(performing_, "gem:/models/good.safetensors");
}

TEST_F(ModelMenuTest, AFileThatIsNoneChangesNothing) {
  EXPECT_FALSE(window_->useModel(QStringLiteral("gem:/models/bad.ckpt")));
  EXPECT_EQ(window_->errors().sentence(),
            QStringLiteral("The model was not changed: “bad.ckpt” is a PyTorch checkpoint."));
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · fake"));
  EXPECT_EQ(entries().front(), QStringLiteral("*Kinescore"));
}

TEST_F(ModelMenuTest, WhatWasChosenIsRemembered) {
  ASSERT_TRUE(window_->useModel(QStringLiteral("gem:/models/good.safetensors")));
  window_->close();
  window_.reset();
  openWindow();
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · gem good"));
  // back by the menu itself
  window_->topBar().modelMenu()->actions().front()->trigger();
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · fake"));
  EXPECT_EQ(entries().mid(0, 2), QStringList({QStringLiteral("*Kinescore"), QStringLiteral("GEM · good")}));
  addPrompt("walk");
  generate();
  EXPECT_EQ(performing_, kShippedModel);
}

}  // namespace
}  // namespace kinescore
