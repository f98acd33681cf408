#include "ui/panels/transport_bar.h"

#include <QMenu>
#include <QSlider>

#include "ui/document/edit_commands.h"
#include "ui/document/sound_player.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

constexpr int kLeastTransport = 670;
constexpr int kMenuButton = 14;
// Under these widths the less needed parts make room.
constexpr int kRoomForZoom = 1107, kRoomForRange = 960, kRoomForFrame = 790;
constexpr int kRoomToRegenerate = 165;

}  // namespace

TransportBar::TransportBar(Session& session, TimelineView& timeline, QWidget* parent)
    : Panel("bar", parent), session_(session), timeline_(timeline) {
  setFixedHeight(measure::kTransport);
  setMinimumWidth(kLeastTransport);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 0, 10, 0);
  row->setSpacing(1);

  time_ = new QWidget(this);
  auto* timeRow = new QHBoxLayout(time_);
  timeRow->setContentsMargins(0, 0, 0, 0);
  timeRow->setSpacing(10);
  timecode_ = new FrameField(time_);
  timecode_->setObjectName(QStringLiteral("timecode"));
  timecode_->setDisplay(TimeDisplay::Timecode);
  timecode_->setFont(numberFont(17, QFont::DemiBold));
  timecode_->setProperty("kind", "timecode");
  timecode_->setFixedWidth(QFontMetrics(timecode_->font()).horizontalAdvance(QStringLiteral("00:00:00:000")) + 6);
  timecode_->setAccessibleName(tr("Playhead"));
  timecode_->setToolTip(tr("Write where to go: 48, +12, 2s or 00:00:02:00"));
  connect(timecode_, &FrameField::frameEdited, this, [this](qint64 frame) {
    session_.playback().pause();
    session_.playback().seekFrame(frame);
  });
  connect(timecode_, &QLineEdit::returnPressed, this, [this] {
    timecode_->setFrame(session_.playback().frame());
    timeline_.setFocus();
  });
  frame_ = makeLabel({}, time_);
  frame_->setFont(numberFont(11));
  timeRow->addWidget(timecode_);
  timeRow->addWidget(frame_);
  timeRow->addStretch();
  row->addWidget(time_);

  const auto button = [&](const char* iconName, const QString& name, const QString& key, auto action) {
    QToolButton* made = makeIconButton(QLatin1String(iconName), name, key, this);
    connect(made, &QToolButton::clicked, this, action);
    row->addWidget(made);
    return made;
  };
  // A chevron for the menu of the button before it.
  const auto menuBeside = [&](const QString& name) {
    QToolButton* made = makeIconButton(QStringLiteral("chevron-down"), name, {}, this);
    made->setIconSize({9, 9});
    made->setFixedWidth(kMenuButton);
    made->setPopupMode(QToolButton::InstantPopup);
    row->addWidget(made);
    return made;
  };
  Playback& playback = session.playback();
  button("to-start", tr("Range start"), tr("Home"), [&] { playback.pause(); playback.toStart(); });
  button("previous-key", tr("Previous key"), tr(","), [&] { goToNeighbourKey(session_, -1); });
  button("frame-back", tr("Frame back"), tr("Left"), [&] { playback.stepFrames(-1); });
  play_ = button("play", tr("Play"), tr("Space"), [&] { playback.toggle(); });
  play_->setFixedWidth(34);
  play_->setProperty("kind", "play");
  play_->setObjectName(QStringLiteral("play"));
  button("frame-on", tr("Frame on"), tr("Right"), [&] { playback.stepFrames(1); });
  button("next-key", tr("Next key"), tr("."), [&] { goToNeighbourKey(session_, 1); });
  button("to-end", tr("Range end"), tr("End"), [&] { playback.pause(); playback.toEnd(); });
  row->addSpacing(6);
  row->addWidget(makeSeparator(this));
  row->addSpacing(6);
  loop_ = button("loop", tr("Loop in the play range"), {}, [&] {
    const bool isOnce = playback.repeat() == Playback::Repeat::Once;
    playback.setRepeat(isOnce ? Playback::Repeat::Loop : Playback::Repeat::Once);
  });
  loop_->setObjectName(QStringLiteral("loop"));
  loop_->setCheckable(true);
  repeatMenu_ = menuBeside(tr("Loop, once, ping-pong"));
  const auto flat = [&](const char* name) {
    auto* made = new QPushButton(this);
    made->setProperty("kind", "flat");
    made->setAccessibleName(tr(name));
    made->setFont(numberFont(12));
    made->setFocusPolicy(Qt::TabFocus);
    row->addWidget(made);
    return made;
  };
  speed_ = flat("Speed");
  sound_ = button("speaker", tr("Sound"), tr("Alt+S"), [] {});
  sound_->setObjectName(QStringLiteral("sound"));
  sound_->setCheckable(true);
  row->addSpacing(6);
  row->addWidget(makeSeparator(this));
  row->addSpacing(6);
  rate_ = flat("Frame rate");
  auto* rates = new QMenu(rate_);
  for (const FrameRate rate : {FrameRate{24000, 1001}, FrameRate{24, 1}, FrameRate{25, 1}, FrameRate{30000, 1001},
                               FrameRate{30, 1}, FrameRate{48, 1}, FrameRate{50, 1}, FrameRate{60000, 1001},
                               FrameRate{60, 1}, FrameRate{120, 1}}) {
    rates->addAction(rateText(rate), this, [this, rate] {
      TimelineSettings settings = session_.timeline().settings();
      settings.rate = rate;
      session_.document().edit(tr("Frame rate"), changeSettings(session_.timeline(), settings));
    });
  }
  rate_->setMenu(rates);
  row->addSpacing(8);
  range_ = makeLabel({}, this);
  range_->setFont(numberFont(11));
  row->addWidget(range_);
  row->addStretch();

  regenerate_ = new QPushButton(this);
  regenerate_->setObjectName(QStringLiteral("regenerate"));
  regenerate_->setProperty("kind", "regenerate");
  regenerate_->setIcon(icon(QStringLiteral("bolt"), colorOf(tokens().accPale)));
  regenerate_->setIconSize({14, 14});
  regenerate_->setFont(numberFont(12));
  regenerate_->setToolTip(tr("Make the selected time anew  (Ctrl+Shift+Enter)"));
  row->addWidget(regenerate_);
  row->addSpacing(8);
  connect(regenerate_, &QPushButton::clicked, this, &TransportBar::regenerate);
  snap_ = button("snap", tr("Snapping"), tr("N"), [this] { timeline_.setSnapping(!timeline_.isSnapping()); });
  snap_->setObjectName(QStringLiteral("snap"));
  snap_->setCheckable(true);
  snapMenu_ = menuBeside(tr("Snap to"));
  snapMenu_->setObjectName(QStringLiteral("snap menu"));
  ripple_ = button("ripple", tr("Ripple: what follows on the track moves along"), tr("Shift+N"),
                   [this] { timeline_.setRippling(!timeline_.isRippling()); });
  ripple_->setObjectName(QStringLiteral("ripple"));
  ripple_->setCheckable(true);
  button("marker", tr("Marker at the playhead"), tr("M"), [this] { addMarkerAtPlayhead(session_); });
  row->addSpacing(6);
  row->addWidget(makeSeparator(this));
  row->addSpacing(6);
  fit_ = makeLink(tr("Fit"), this);
  fit_->setToolTip(tr("Fit all  (A)"));
  connect(fit_, &QPushButton::clicked, this, [this] { timeline_.fitAll(); });
  row->addWidget(fit_);
  zoom_ = new QSlider(Qt::Horizontal, this);
  zoom_->setRange(0, 1000);
  zoom_->setFixedWidth(90);
  zoom_->setFocusPolicy(Qt::TabFocus);
  zoom_->setAccessibleName(tr("Zoom"));
  row->addSpacing(6);
  row->addWidget(zoom_);
  connect(zoom_, &QSlider::sliderMoved, this, [this](int place) { timeline_.setZoomPlace(place / 1000.0); });

  connect(&playback, &Playback::positionChanged, this, &TransportBar::refreshTime);
  connect(&playback, &Playback::stateChanged, this, &TransportBar::refreshState);
  connect(&session.document(), &TimelineDocument::changed, this, &TransportBar::refreshState);
  connect(&session.document(), &TimelineDocument::replaced, this, &TransportBar::refreshState);
  connect(&session.selection(), &Selection::changed, this, &TransportBar::refreshState);
  connect(&session.takes(), &TakeList::shownChanged, this, &TransportBar::refreshState);
  connect(&timeline, &TimelineView::modesChanged, this, &TransportBar::refreshState);
  connect(&timeline, &TimelineView::axisChanged, this, [this] {
    if (!zoom_->isSliderDown()) {
      zoom_->setValue(int(timeline_.zoomPlace() * 1000));
    }
  });
  refreshState();
}

void TransportBar::setSnapMenu(QMenu* menu) { snapMenu_->setMenu(menu); }
void TransportBar::setRepeatMenu(QMenu* menu) { repeatMenu_->setMenu(menu); }
void TransportBar::setSpeedMenu(QMenu* menu) { speed_->setMenu(menu); }

void TransportBar::setSound(SoundPlayer& sound) {
  connect(sound_, &QToolButton::clicked, &sound, &SoundPlayer::setOn);
  const auto show = [this, &sound] {
    sound_->setChecked(sound.isOn());
    sound_->setIcon(icon(sound.isOn() ? QStringLiteral("speaker") : QStringLiteral("speaker-off")));
    const QString name = tr("Sound  (Alt+S)");
    sound_->setToolTip(sound.problem().isEmpty() ? name : QStringLiteral("%1\n%2").arg(name, sound.problem()));
    sound_->setAccessibleDescription(sound.problem());
  };
  connect(&sound, &SoundPlayer::switched, this, show);
  show();
}

void TransportBar::resizeEvent(QResizeEvent* event) {
  Panel::resizeEvent(event);
  makeRoom();
}

void TransportBar::makeRoom() {
  const int room = width() - (regenerate_->isHidden() ? 0 : kRoomToRegenerate);
  zoom_->setVisible(room >= kRoomForZoom);
  range_->setVisible(room >= kRoomForRange);
  // The ruler says it as well.
  const bool hasFrame = room >= kRoomForFrame;
  frame_->setVisible(hasFrame);
  time_->setFixedWidth(hasFrame ? measure::kTrackHeaders - 12 : timecode_->width() + 10);
}

void TransportBar::refreshTime() {
  const std::int64_t frame = session_.playback().frame();
  timecode_->setRate(session_.rate());
  timecode_->setFrame(frame);
  frame_->setText(tr("frame %1").arg(frame));
}

void TransportBar::refreshState() {
  refreshTime();
  const Playback& playback = session_.playback();
  play_->setIcon(icon(playback.isPlaying() ? QStringLiteral("pause") : QStringLiteral("play"), colorOf(tokens().t1)));
  const bool isPingPong = playback.repeat() == Playback::Repeat::PingPong;
  loop_->setChecked(playback.repeat() != Playback::Repeat::Once);
  loop_->setIcon(icon(isPingPong ? QStringLiteral("ping-pong") : QStringLiteral("loop")));
  loop_->setToolTip(isPingPong ? tr("To and fro in the play range") : tr("Loop in the play range"));
  snap_->setChecked(timeline_.isSnapping());
  ripple_->setChecked(timeline_.isRippling());
  const double speed = playback.isPlaying() ? playback.speed() : playback.playSpeed();
  speed_->setToolTip(playback.showsEveryFrame() ? tr("Speed; every frame is shown") : tr("Speed"));
  speed_->setText(QStringLiteral("%1×").arg(speed, 0, 'f', std::abs(speed) < 0.3 ? 2 : 1));
  rate_->setText(rateText(session_.rate()));
  const FrameRate rate = session_.rate();
  const TimeRange& range = session_.timeline().settings().playRange;
  range_->setText(tr("In %1   Out %2").arg(nearestFrame(range.start, rate)).arg(nearestFrame(range.end, rate)));
  const auto& time = session_.selection().time();
  regenerate_->setVisible(time.has_value());
  makeRoom();
  if (time) {
    const TimeRange span = time->span();
    regenerate_->setText(tr("Regenerate %1–%2").arg(nearestFrame(span.start, rate)).arg(nearestFrame(span.end, rate)));
    regenerate_->setEnabled(session_.takes().shown() != nullptr);
    regenerate_->setToolTip(session_.takes().shown() ? tr("Make the selected time anew  (Ctrl+Shift+Enter)")
                                                     : tr("There is no take yet to change a part of."));
  }
}

}  // namespace kinescore
