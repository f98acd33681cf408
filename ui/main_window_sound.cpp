// The part of MainWindow about sound that is heard: its switches, and that they are remembered.
#include <QMenu>
#include <QSettings>

#include "ui/document/sound_player.h"
#include "ui/main_window.h"
#include "ui/panels/transport_bar.h"

namespace kinescore {

void MainWindow::makeSoundMenu(QMenu* menu) {
  const auto isOnAt = [this](const char* key) { return !settings_ || settings_->value(QLatin1String(key), true).toBool(); };
  const auto remember = [this](const char* key, bool on) {
    if (settings_) {
      settings_->setValue(QLatin1String(key), on);
    }
  };
  sound_->setOn(isOnAt("sound"));
  sound_->setScrubs(isOnAt("soundWhileScrubbing"));
  QAction* on = add(menu, "Sound", {QKeySequence(tr("Alt+S"))}, [this] { sound_->setOn(!sound_->isOn()); });
  QAction* scrubs = add(menu, "Sound While Scrubbing", {}, [this] { sound_->setScrubs(!sound_->scrubs()); });
  on->setCheckable(true);
  scrubs->setCheckable(true);
  const auto show = [this, on, scrubs] {
    on->setChecked(sound_->isOn());
    scrubs->setChecked(sound_->scrubs());
    scrubs->setEnabled(sound_->isOn());
  };
  connect(sound_, &SoundPlayer::switched, this, [this, show, remember] {
    show();
    remember("sound", sound_->isOn());
    remember("soundWhileScrubbing", sound_->scrubs());
  });
  show();
  transport_->setSound(*sound_);
}

}  // namespace kinescore
