"""The database itself refuses to change or remove a step."""

from typing import ClassVar

from django.db import migrations

REFUSE = """
CREATE FUNCTION cases_step_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'cases_step is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER cases_step_is_final BEFORE UPDATE OR DELETE ON cases_step
    FOR EACH ROW EXECUTE FUNCTION cases_step_is_final();
"""
ALLOW = """
DROP TRIGGER cases_step_is_final ON cases_step;
DROP FUNCTION cases_step_is_final();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
