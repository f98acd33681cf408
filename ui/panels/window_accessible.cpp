#include "ui/panels/window_accessible.h"

#include <QAccessibleWidget>

#include "ui/panels/generate_button.h"
#include "ui/panels/takes_accessible.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/view_panel.h"

namespace kinescore {
namespace {

/// “Generate” or “Generating, 45 percent”, to be pressed or cancelled.
class GenerateAccess : public QAccessibleWidget {
 public:
  explicit GenerateAccess(GenerateButton* button) : QAccessibleWidget(button, QAccessible::Button), button_(*button) {}
  QStringList actionNames() const override {
    if (button_.state() == GenerateButton::State::Off) {
      return {};
    }
    return {button_.state() == GenerateButton::State::Working ? kCancel : pressAction()};
  }
  QString localizedActionName(const QString& action) const override {
    return action == kCancel ? GenerateButton::tr("Cancel") : QAccessibleWidget::localizedActionName(action);
  }
  void doAction(const QString& action) override {
    if (action == kCancel) {
      Q_EMIT button_.cancel();
    } else if (action == pressAction() && actionNames().contains(action)) {
      Q_EMIT button_.generate();
    }
  }
  QStringList keyBindingsForAction(const QString& action) const override {
    return {action == kCancel ? GenerateButton::tr("Esc") : GenerateButton::tr("Ctrl+Return")};
  }

 private:
  static inline const QString kCancel = QStringLiteral("cancel");
  GenerateButton& button_;
};

class ViewAccess : public QAccessibleWidget {
 public:
  explicit ViewAccess(ViewportWidget* view) : QAccessibleWidget(view, QAccessible::Graphic), view_(*view) {}
  QString text(QAccessible::Text what) const override {
    const auto* panel = qobject_cast<const ViewPanel*>(view_.parentWidget());
    return what == QAccessible::Name && panel != nullptr ? ViewPanel::tr("Viewport, frame %1").arg(panel->frameShown())
                                                         : QAccessibleWidget::text(what);
  }
  QStringList actionNames() const override { return {kFrame, kViews[0], kViews[1], kViews[2], kViews[3]}; }
  QString localizedActionName(const QString& action) const override {
    const QStringList names{ViewPanel::tr("Perspective"), ViewPanel::tr("Front"), ViewPanel::tr("Side"), ViewPanel::tr("Top")};
    return action == kFrame ? ViewPanel::tr("Frame the figure") : names.value(int(kViews.indexOf(action)));
  }
  void doAction(const QString& action) override {
    if (action == kFrame) {
      view_.frameFigure();
    } else if (kViews.contains(action)) {
      view_.setView(ViewportView(kViews.indexOf(action)));
    }
  }

 private:
  static inline const QString kFrame = QStringLiteral("frame");
  static inline const QStringList kViews{QStringLiteral("perspective"), QStringLiteral("front"), QStringLiteral("side"),
                                         QStringLiteral("top")};
  ViewportWidget& view_;
};

QAccessibleInterface* windowAccess(const QString&, QObject* object) {
  if (auto* button = qobject_cast<GenerateButton*>(object)) {
    return new GenerateAccess(button);
  }
  if (auto* view = qobject_cast<ViewportWidget*>(object)) {
    return new ViewAccess(view);
  }
  auto* rows = qobject_cast<TakeRows*>(object);
  return rows != nullptr ? makeTakesAccess(*rows) : nullptr;
}

}  // namespace

void installWindowAccess() { QAccessible::installFactory(windowAccess); }

}  // namespace kinescore
