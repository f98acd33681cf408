#include "ui/panels/inspector_page.h"

namespace kinescore {
namespace {

QVBoxLayout* stacked(QWidget* label, QWidget* field) {
  auto* column = new QVBoxLayout;
  column->setSpacing(4);
  column->addWidget(label);
  column->addWidget(field);
  return column;
}

}  // namespace

PageParts makePage(QWidget* parent) {
  PageParts page;
  page.scroll = new QScrollArea(parent);
  page.scroll->setWidgetResizable(true);
  page.scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  page.scroll->setFrameShape(QFrame::NoFrame);
  page.body = new Panel("body", page.scroll);
  // As wide as the panel, whatever is in it: what is too long gives way by itself.
  page.body->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  page.column = new QVBoxLayout(page.body);
  page.column->setContentsMargins(0, 0, 0, 0);
  page.column->setSpacing(0);
  page.scroll->setWidget(page.body);
  return page;
}

QVBoxLayout* addSection(const PageParts& page) {
  auto* section = new Panel("section", page.body);
  auto* column = new QVBoxLayout(section);
  column->setContentsMargins(16, 9, 16, 10);
  column->setSpacing(6);
  page.column->addWidget(section);
  return column;
}

QVBoxLayout* withLabel(const QString& words, QWidget* field, QWidget* parent) {
  return stacked(makeLabel(words, parent), field);
}
QVBoxLayout* withLabel(const QString& words, FrameField* field, QWidget* parent) {
  return stacked(new FieldLabel(words, *field, parent), field);
}
QVBoxLayout* withLabel(const QString& words, NumberField* field, QWidget* parent) {
  return stacked(new FieldLabel(words, *field, parent), field);
}

}  // namespace kinescore
