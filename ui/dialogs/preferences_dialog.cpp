#include "ui/dialogs/preferences_dialog.h"

#include <QFormLayout>

#include "engine/core/frame_rates.h"
#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"

namespace kinescore {

PreferencesDialog::PreferencesDialog(const Choices& now, QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("preferences"));
  setWindowTitle(tr("Preferences"));
  setMinimumWidth(420);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 18, 20, 18);
  column->setSpacing(14);
  auto* form = new QFormLayout;
  form->setSpacing(10);
  auto* rate = new ChoiceBox(this);
  rate->setObjectName(QStringLiteral("preferredRate"));
  for (const NamedFrameRate& named : kNamedFrameRates) {
    rate->addItem(rateText(named.rate));
    if (named.rate == now.newProjectRate) {
      rate->setCurrentIndex(rate->count() - 1);
    }
  }
  form->addRow(tr("Frame rate of new projects"), rate);
  auto* time = new ChoiceBox(this);
  time->setObjectName(QStringLiteral("preferredTime"));
  time->addItems({tr("Frames"), tr("Seconds"), tr("Timecode")});
  time->setCurrentIndex(int(now.timeDisplay));
  form->addRow(tr("Time shown as"), time);
  auto* follow = new SegmentedChoice({tr("Off"), tr("On")}, this);
  follow->setObjectName(QStringLiteral("preferredFollowing"));
  follow->setCurrent(now.followsWhileDragging ? 1 : 0);
  form->addRow(tr("A draft follows a drag"), follow);
  column->addLayout(form);
  column->addWidget(makeLabel(tr("Every choice counts at once and is remembered on this computer."), this));
  auto* row = new QHBoxLayout;
  auto* keys = makeLink(tr("All keys"), this);
  auto* close = new QPushButton(tr("Close"), this);
  close->setDefault(true);
  row->addWidget(keys);
  row->addStretch();
  row->addWidget(close);
  column->addStretch();
  column->addLayout(row);
  connect(rate, &QComboBox::activated, this, [this](int i) { Q_EMIT rateChosen(kNamedFrameRates[std::size_t(i)].rate); });
  connect(time, &QComboBox::activated, this, [this](int i) { Q_EMIT timeDisplayChosen(TimeDisplay(i)); });
  connect(follow, &SegmentedChoice::chosen, this, [this](int i) { Q_EMIT followingChosen(i == 1); });
  connect(keys, &QPushButton::clicked, this, &PreferencesDialog::keysWanted);
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

}  // namespace kinescore
