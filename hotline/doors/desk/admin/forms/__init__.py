"""The shape of input. Which values are lawful the services say."""
